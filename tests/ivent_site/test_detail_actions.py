from ivent_site.detail_actions import possible_actions

STATES = {"ask_again": {"left"}, "stop": {"running", "left"}}


def test_a_button_is_shown_in_its_states_and_one_without_states_always():
    actions = [{"path": f"/admin/x/1/{name}/"} for name in ("ask-again", "stop", "export")]
    assert possible_actions(actions, "left", STATES) == actions
    assert possible_actions(actions, "running", STATES) == actions[1:]
    assert possible_actions(actions, "done", STATES) == actions[2:]
