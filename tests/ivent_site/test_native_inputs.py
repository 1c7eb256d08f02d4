from datetime import date, time

import pytest
from django import forms
from django.utils.translation import override

from ivent_site.native_inputs import NativeDateField, NativeTimeField, day_in_words


class Form(forms.Form):
    day = NativeDateField()
    clock = NativeTimeField()


@pytest.mark.parametrize("language", ["en", "de", "fr", "es"])
def test_what_browsers_post_is_read_in_every_language(language):
    with override(language):
        form = Form({"day": "2027-06-12", "clock": "15:30"})
        assert form.is_valid()
        assert form.cleaned_data == {"day": date(2027, 6, 12), "clock": time(15, 30)}


@pytest.mark.parametrize("language", ["en", "de", "fr", "es"])
@pytest.mark.parametrize("day", ["12/06/2027", "06/12/2027", "12.06.2027", "June 12, 2027"])
def test_a_date_that_could_be_another_is_refused_in_every_language(language, day):
    with override(language):
        (error,) = Form({"day": day, "clock": "3pm"}).errors["day"]
    assert day in str(error)
    assert "2027-06-12" in str(error)


def test_an_error_quotes_no_more_than_a_line():
    (error,) = Form({"day": "x" * 10_000, "clock": "15:30"}).errors["day"]
    assert len(str(error)) < 120


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "Saturday, June 12, 2027"),
        ("de", "Samstag, 12. Juni 2027"),
        ("fr", "samedi 12 juin 2027"),
        ("es", "sábado, 12 de junio de 2027"),
    ],
)
def test_a_date_is_said_with_its_weekday(language, words):
    with override(language):
        assert day_in_words(date(2027, 6, 12)) == words
        assert f">{words}</output>" in str(Form(initial={"day": date(2027, 6, 12)})["day"])


@pytest.mark.parametrize("posted", ["", "nothing", "2027-02-30", "<script>"])
def test_what_is_no_date_has_no_words(posted):
    html = str(Form({"day": posted})["day"])
    assert "></output>" in html
    assert "<script>" not in html


def test_values_keep_their_form_in_every_language():
    with override("de"):
        form = Form(initial={"day": date(2027, 6, 12), "clock": time(9, 5)})
        assert 'value="2027-06-12"' in str(form["day"])
        assert 'value="09:05"' in str(form["clock"])
