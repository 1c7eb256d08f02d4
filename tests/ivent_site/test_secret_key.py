import boto3
import pytest
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from ivent_site.ids import uuid7
from ivent_site.secret_key import read_secret_keys

pytestmark = pytest.mark.usefixtures("aws")


@pytest.fixture
def secrets(monkeypatch):
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    return boto3.client(
        "secretsmanager", region_name=settings.AWS_REGION, endpoint_url=settings.AWS_ENDPOINT_URL
    )


def test_the_current_value_signs_and_the_one_before_still_holds(secrets):
    arn = secrets.create_secret(Name=uuid7(), SecretString="a" * 50)["ARN"]
    assert read_secret_keys(arn) == ("a" * 50, [])
    secrets.put_secret_value(SecretId=arn, SecretString="b" * 50)
    assert read_secret_keys(arn) == ("b" * 50, ["a" * 50])


def test_a_short_secret_stops_the_start_and_is_not_told(secrets):
    arn = secrets.create_secret(Name=uuid7(), SecretString="letmein")["ARN"]
    with pytest.raises(ImproperlyConfigured, match="32 characters") as refusal:
        read_secret_keys(arn)
    assert "letmein" not in str(refusal.value)


def test_a_secret_that_is_not_there_stops_the_start(secrets):
    arn = "arn:aws:secretsmanager:eu-central-1:000000000000:secret:none-abcdef"
    with pytest.raises(ImproperlyConfigured, match="SECRET_KEY_ARN"):
        read_secret_keys(arn)
