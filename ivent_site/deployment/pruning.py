"""What of the installed libraries, and of the project, goes into the package."""

from pathlib import PurePosixPath
from typing import Final

from ivent_site.languages import locale_folders

# Those of whom ivent_site/aws.py, the engine and the secret key make clients.
AWS_SERVICES: Final = frozenset(
    {"cognito-idp", "dynamodb", "secretsmanager", "ses", "sesv2", "sns", "sqs"}
)

# What Zappa needs to deploy, and not to run; what looks up mail domains; what checks the API's
# description; what parses C.
_UNUSED_PACKAGES: Final = frozenset(
    {
        "argcomplete",
        "attr",
        "attrs",
        "certifi",
        "cfn_clean",
        "cfn_flip",
        "cfn_tools",
        "distutils",
        "charset_normalizer",
        "click",
        "dns",
        "dnspython",
        "hjson",
        "jsonschema",
        "jsonschema_specifications",
        "kappa",
        "packaging",
        "pip",
        "pkg_resources",
        "placebo",
        "pycparser",
        "python_slugify",
        "referencing",
        "requests",
        "rpds",
        "rpds_py",
        "setuptools",
        "slugify",
        "text_unidecode",
        "toml",
        "tqdm",
        "troposphere",
        "wheel",
    }
)
_UNUSED_DIRECTORIES: Final = frozenset(
    {"__pycache__", "_distutils_hack", "examples", "test", "tests"}
)
_UNUSED_PATHS: Final = (
    "boto3/data/",
    "boto3/examples/",
    "django/contrib/gis/",
    "werkzeug/debug/shared/",
    # Python's own parser will do for the one page that is YAML.
    "yaml/_yaml.",
    "zappa/cli.",
    "zappa/core.",
    "zappa/letsencrypt.",
)
_UNUSED_SUFFIXES: Final = frozenset({".c", ".h", ".pyc", ".pyd", ".pyi", ".pyx", ".pxd", ".po"})
# Collected with hashed names into `staticfiles`.
_COLLECTED: Final = (
    "django/contrib/admin/static/",
    "drf_spectacular_sidecar/static/",
    "import_export/static/",
    "ivent_site/static/",
    "rest_framework/static/",
    "unfold/static/",
)
# Test helpers by these names belong to what runs.
_NEEDED: Final = ("django/test/", "ivent_site/", "events/", "subscriptions/", "notifications/")


def is_needed(name: str) -> bool:
    """Whether a file of the archive is shipped; `name` is its path in it."""
    path = PurePosixPath(name)
    if name.startswith((*_UNUSED_PATHS, *_COLLECTED)) or path.suffix in _UNUSED_SUFFIXES:
        return False
    package = path.parts[0]
    if package.partition("-")[0] in _UNUSED_PACKAGES:
        return False
    if _UNUSED_DIRECTORIES.intersection(path.parts[:-1]) and not name.startswith(_NEEDED):
        return False
    if path.match("botocore/data/*/*") or path.match("botocore/data/*/*/*"):
        return path.parts[2] in AWS_SERVICES
    return _is_spoken(path)


def _is_spoken(path: PurePosixPath) -> bool:
    """Whether it is no translation, or one into a language that the site has."""
    if "locale" not in path.parts[:-2]:
        return True
    language = path.parts[path.parts.index("locale") + 1]
    return language in locale_folders()
