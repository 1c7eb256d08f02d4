from django import forms
from django.test.html import parse_html

from ivent_site.widgets import AdminSearchOfMany, AdminSelectOfMany, SelectOfMany

CHOICES = [("", "None"), ("A & B", [("a&b", "<A>"), ("b", 'B "b"')]), ("c", "C")]


def test_the_options_are_those_that_django_renders():
    for widget in (SelectOfMany, AdminSelectOfMany, AdminSearchOfMany):
        _mine, _quick, *theirs = widget.__mro__
        plain = next(each for each in theirs if issubclass(each, forms.Select))
        for value in ("", "a&b", "c", None):
            ours, django = (
                each(choices=CHOICES).render("zone", value, {"id": "id_zone"})
                for each in (widget, plain)
            )
            assert parse_html(ours) == parse_html(django)
