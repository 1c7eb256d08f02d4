import pytest
from django.core.exceptions import ValidationError

from ivent_site.colours import contrast, text_on, validate_readable


@pytest.mark.parametrize(
    ("one", "other", "ratio"),
    # As https://webaim.org/resources/contrastchecker/ has them.
    [("#000000", "#ffffff", 21.0), ("#ffffff", "#ffffff", 1.0), ("#777777", "#ffffff", 4.48)],
)
def test_contrast_is_that_of_the_standard(one, other, ratio):
    assert round(contrast(one, other), 2) == ratio
    assert contrast(one, other) == contrast(other, one)


def test_only_colours_that_carry_white_text_are_taken():
    validate_readable("#767676")
    for colour in ("#777777", "#FFEE00", "red", "#12345", "#12345g", ""):
        with pytest.raises(ValidationError):
            validate_readable(colour)


def test_one_of_black_and_white_can_always_be_read():
    greys = [f"#{level:02x}{level:02x}{level:02x}" for level in range(256)]
    assert min(contrast(grey, text_on(grey)) for grey in greys) >= 4.5
