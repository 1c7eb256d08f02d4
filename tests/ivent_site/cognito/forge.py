"""A token issuer of our own: good tokens, and every kind of bad one."""

import base64
import json
import time
from functools import cache

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

ISSUER = "https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_Example"
CLIENT = "client-of-ours"
KID = "key-1"


@cache
def key(name=KID):
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def public_pem(name=KID):
    return key(name).public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def jwks(*names):
    """What the pool serves at /.well-known/jwks.json."""
    return {
        "keys": [
            {
                **json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(key(name).public_key())),
                "kid": name,
                "alg": "RS256",
                "use": "sig",
            }
            for name in names or (KID,)
        ]
    }


def claims(**changes):
    """The claims of a good ID token; a change to None takes the claim away."""
    now = int(time.time())
    good = {
        "sub": "0d6c0c52-0000-4000-8000-000000000001",
        "iss": ISSUER,
        "aud": CLIENT,
        "token_use": "id",
        "iat": now,
        "exp": now + 3600,
        "cognito:username": "kim",
        "cognito:groups": ["editors"],
        "email": "kim@example.com",
        "email_verified": True,
        "name": "Kim Doe",
    }
    return {name: value for name, value in {**good, **changes}.items() if value is not None}


def access_claims(**changes):
    return claims(
        **{"aud": None, "token_use": "access", "client_id": CLIENT, "username": "kim"}
        | {"cognito:username": None, "email": None, "email_verified": None, "name": None}
        | changes
    )


def sign(body, *, signer=KID, headers=None):
    return jwt.encode(body, key(signer), algorithm="RS256", headers={"kid": KID, **(headers or {})})


def part(value):
    """One part of a token, of anything."""
    raw = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def raw_signed(header, body):
    """A rightly signed token of parts that no library would write."""
    signed = f"{part(header)}.{part(body)}"
    signature = jwt.algorithms.RSAAlgorithm(jwt.algorithms.RSAAlgorithm.SHA256).sign(
        signed.encode(), key()
    )
    return f"{signed}.{part(signature)}"


def signed_with_the_public_key():
    """HS256, with the RSA public key as the shared secret: the classic confusion."""
    import hashlib
    import hmac

    signed = f"{part({'alg': 'HS256', 'kid': KID})}.{part(claims())}"
    return f"{signed}.{part(hmac.new(public_pem(), signed.encode(), hashlib.sha256).digest())}"


HEADER = {"alg": "RS256", "kid": KID}
NOW = int(time.time())

FORGERIES = {
    "alg none": lambda: f"{part({'alg': 'none', 'kid': KID})}.{part(claims())}.",
    "alg None, signed": lambda: raw_signed({"alg": "None", "kid": KID}, claims()),
    "HS256 with the public key": signed_with_the_public_key,
    "another RSA algorithm": lambda: jwt.encode(
        claims(), key(), algorithm="RS512", headers={"kid": KID}
    ),
    "a stranger's key under our kid": lambda: sign(claims(), signer="stranger"),
    "unknown kid": lambda: sign(claims(), headers={"kid": "key-9"}),
    "no kid": lambda: raw_signed({"alg": "RS256"}, claims()),
    "kid of another type": lambda: raw_signed({"alg": "RS256", "kid": ["key-1"]}, claims()),
    "huge kid": lambda: raw_signed({"alg": "RS256", "kid": "k" * 5000}, claims()),
    "embedded key": lambda: sign(
        claims(), signer="stranger", headers={"jwk": jwks("stranger")["keys"][0]}
    ),
    "critical header": lambda: sign(claims(), headers={"crit": ["exp"]}),
    "changed after signing": lambda: ".".join(
        [
            sign(claims()).split(".")[0],
            part(claims(**{"cognito:groups": ["admins"]})),
            sign(claims()).split(".")[2],
        ]
    ),
    "wrong issuer": lambda: sign(claims(iss=ISSUER + "2")),
    "issuer in a list": lambda: raw_signed(HEADER, claims(iss=[ISSUER])),
    "expired": lambda: sign(claims(exp=NOW - 3600)),
    "not yet valid": lambda: sign(claims(nbf=NOW + 3600)),
    "issued in the future": lambda: sign(claims(iat=NOW + 3600)),
    "list audience": lambda: sign(claims(aud=[CLIENT, "other"])),
    "audience of another client": lambda: sign(claims(aud="other")),
    "client_id of another client": lambda: sign(access_claims(client_id="other")),
    "client_id in a list": lambda: sign(access_claims(client_id=[CLIENT])),
    "ID token without audience": lambda: sign(claims(aud=None, client_id=CLIENT)),
    "access token without client_id": lambda: sign(access_claims(client_id=None, aud=CLIENT)),
    "refresh token": lambda: sign(claims(token_use="refresh")),
    "token_use in a list": lambda: sign(claims(token_use=["id"])),
    "no token_use": lambda: sign(claims(token_use=None)),
    "no exp": lambda: sign(claims(exp=None)),
    "no iat": lambda: sign(claims(iat=None)),
    "no iss": lambda: sign(claims(iss=None)),
    "no sub": lambda: sign(claims(sub=None)),
    "empty sub": lambda: sign(claims(sub="")),
    "huge sub": lambda: sign(claims(sub="s" * 300)),
    "exp as text": lambda: raw_signed(HEADER, claims(exp=str(NOW + 3600))),
    "exp true": lambda: raw_signed(HEADER, claims(exp=True)),
    "exp infinite": lambda: raw_signed(HEADER, claims(exp=float("inf"))),
    "exp not a number": lambda: raw_signed(HEADER, claims(exp=float("nan"))),
    "exp a map": lambda: raw_signed(HEADER, claims(exp={"$gt": 0})),
    "nbf as text": lambda: raw_signed(HEADER, claims(nbf=str(NOW))),
    "sub a number": lambda: raw_signed(HEADER, claims(sub=1)),
    "groups as text": lambda: sign(claims(**{"cognito:groups": "admins"})),
    "groups of numbers": lambda: sign(claims(**{"cognito:groups": [1]})),
    "groups as a map": lambda: sign(claims(**{"cognito:groups": {"admins": True}})),
    "body a list": lambda: raw_signed(HEADER, [claims()]),
    "body null": lambda: raw_signed(HEADER, None),
    "body no JSON": lambda: raw_signed(HEADER, b"{"),
    "body no UTF-8": lambda: raw_signed(HEADER, b'{"sub":"\xff"}'),
    "header a list": lambda: raw_signed([HEADER], claims()),
    "header a deep nest": lambda: f"{part(b'[' * 3000)}.{part(claims())}.x",
    "header of digits": lambda: f"{part(b'9' * 5000)}.{part(claims())}.x",
    "four parts": lambda: sign(claims()) + ".x",
    "two parts": lambda: sign(claims()).rpartition(".")[0],
    "five empty parts": lambda: "....",
    "empty": lambda: "",
    "blank inside": lambda: sign(claims()).replace(".", " .", 1),
    "garbage": lambda: "not-a-token",
    "huge": lambda: "a" * 60000,
    "non-ASCII": lambda: "tökén." + sign(claims()),
    "NUL": lambda: "\0" + sign(claims()),
}
