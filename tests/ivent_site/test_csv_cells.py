import pytest

from ivent_site.csv_cells import cell_plain, cell_safe


@pytest.mark.parametrize("text", ["=1+1", "+49", "-1", "@x", "\t=1", "\r=1"])
def test_no_cell_begins_like_a_formula(text):
    assert cell_safe(text) == f"'{text}"
    assert cell_plain(cell_safe(text)) == text


@pytest.mark.parametrize("text", ["", "ada@example.com", "'quoted'", "1=1"])
def test_other_cells_stay_as_they_are(text):
    assert cell_safe(text) == cell_plain(text) == text
