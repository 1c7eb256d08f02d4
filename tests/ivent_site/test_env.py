"""Typed readers: the right type, or a refusal that names the variable."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from ivent_site.env import Env


def local(**environ):
    return Env(environ, local=True)


def deployed(**environ):
    return Env(environ, local=False)


@pytest.mark.parametrize(
    "read",
    [
        lambda env: env.text("NAME", local="x"),
        lambda env: env.secret("NAME", local="x" * 32),
        lambda env: env.listing("NAME", local="x"),
        lambda env: env.url("NAME", local="http://x"),
        lambda env: env.arn("NAME", local="arn:aws:sns:eu-central-1:000000000000:x"),
    ],
)
@pytest.mark.parametrize("environ", [{}, {"NAME": ""}, {"NAME": "  "}])
def test_a_local_default_counts_on_the_laptop_only(read, environ):
    assert read(local(**environ))
    with pytest.raises(ImproperlyConfigured, match=r"^NAME is not set\.$"):
        read(deployed(**environ))


def test_a_default_counts_everywhere():
    assert deployed().text("NAME", default="x") == "x"
    assert deployed().text("NAME", default="") == ""
    assert deployed().integer("NAME", default=3, low=1, high=5) == 3
    assert deployed().boolean("NAME", default=True) is True
    assert deployed().choice("NAME", ("a", "b"), default="a", local="b") == "a"
    assert deployed().listing("NAME", default="", local="") == []


def test_the_laptop_prefers_its_own_default():
    assert local().choice("NAME", ("a", "b"), default="a", local="b") == "b"
    assert local().integer("NAME", default=3, low=1, high=5, local=4) == 4


def test_what_is_set_wins():
    assert local(NAME=" set ").text("NAME", default="x", local="y") == "set"
    assert local(NAME="5").integer("NAME", default=3, low=1, high=5, local=4) == 5


@pytest.mark.parametrize(
    ("text", "value"),
    [
        *((word, True) for word in ("1", "TRUE", "yes", "on")),
        *((word, False) for word in ("0", "False", "no", "OFF")),
    ],
)
def test_a_boolean_reads_plain_words(text, value):
    assert deployed(NAME=text).boolean("NAME", default=not value) is value


@pytest.mark.parametrize("text", ["2", "maybe", "tru"])
def test_a_boolean_refuses_other_words(text):
    with pytest.raises(ImproperlyConfigured, match="NAME must be true or false"):
        deployed(NAME=text).boolean("NAME", default=False)


@pytest.mark.parametrize("text", ["0", "6", "1.5", "one", "1e1"])
def test_a_number_must_be_whole_and_within_its_bounds(text):
    with pytest.raises(ImproperlyConfigured, match="NAME must be"):
        deployed(NAME=text).integer("NAME", default=3, low=1, high=5)


def test_a_listing_is_split_at_commas():
    assert deployed(NAME=" a, b ,,c ").listing("NAME", local="") == ["a", "b", "c"]


def test_a_choice_refuses_anything_else():
    with pytest.raises(ImproperlyConfigured, match="NAME must be one of a, b"):
        deployed(NAME="c").choice("NAME", ("a", "b"), default="a", local="b")


def test_a_short_secret_is_refused_and_not_repeated():
    with pytest.raises(ImproperlyConfigured) as refusal:
        deployed(NAME="hunter2").secret("NAME", local="")

    assert "hunter2" not in str(refusal.value)


def test_a_url_loses_its_trailing_slash():
    assert deployed(NAME="https://x.example/").url("NAME", local="") == "https://x.example"


@pytest.mark.parametrize("text", ["http://x.example", "ftp://x.example", "x.example", "https://"])
def test_a_deployed_url_is_https(text):
    with pytest.raises(ImproperlyConfigured, match="NAME must be an https URL"):
        deployed(NAME=text).url("NAME", local="")


@pytest.mark.parametrize("text", ["a\nb", "a\tb", "=?utf-8?q?x?=", "a\ufeffb"])
def test_a_line_is_one_that_mail_headers_carry(text):
    assert deployed(NAME="Fête, e.V.").line("NAME", local="") == "Fête, e.V."
    with pytest.raises(ImproperlyConfigured, match="NAME must be one line"):
        deployed(NAME=text).line("NAME", local="")


@pytest.mark.parametrize(
    "text", ["x", "a b@x.example", "a@b@x.example", "ä@x.example", "a@ä.example"]
)
def test_an_address_is_ascii(text):
    assert deployed(NAME="a+b@x.example").address("NAME") == "a+b@x.example"
    with pytest.raises(ImproperlyConfigured, match="NAME must be an e-mail address in ASCII"):
        deployed(NAME=text).address("NAME")


@pytest.mark.parametrize("text", ["x", "arn:aws:sns", "arn:aws:sns:eu-central-1:12:x"])
def test_an_arn_has_the_form_of_one(text):
    with pytest.raises(ImproperlyConfigured, match="NAME must be an ARN"):
        deployed(NAME=text).arn("NAME", local="")
