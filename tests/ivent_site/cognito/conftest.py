import pytest
from django.test import Client

from tests.environment import PORT
from tests.ivent_site.cognito.pool import create_pool


@pytest.fixture(scope="session")
def _pool(local_aws):
    return create_pool()


@pytest.fixture
def pool(aws, _pool, settings):
    """The user pool that the settings name."""
    settings.COGNITO_USER_POOL_ID = _pool.id
    settings.COGNITO_CLIENT_IDS = [_pool.client_id]
    settings.COGNITO_ISSUER = f"https://cognito-idp.eu-central-1.amazonaws.com/{_pool.id}"
    settings.COGNITO_JWKS_URL = f"http://127.0.0.1:{PORT}/{_pool.id}/.well-known/jwks.json"
    settings.ROOT_URLCONF = "tests.ivent_site.cognito.urls"
    return _pool


class Browser(Client):
    """A browser at https://testserver, as far as the sign-in is concerned."""

    def generic(self, *args, **kwargs):
        return super().generic(*args, **{**kwargs, "secure": True})

    def sign_in(self, person, *, password=None, at="/admin/login/", follow=False):
        return self.post(
            at,
            {"username": person.email, "password": password or person.password},
            follow=follow,
        )

    @property
    def is_in(self):
        return self.get("/admin/").status_code == 200


@pytest.fixture
def browser():
    return Browser()
