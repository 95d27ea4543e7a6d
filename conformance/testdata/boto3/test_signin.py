"""Signing in at Identity Center's portal: by device, by code, and botocore's own provider of tokens."""
import base64
import datetime
import hashlib
import os
import tempfile
import time
import unittest
import urllib.error
import urllib.parse
import urllib.request

import boto3
import botocore.session
from botocore.tokens import SSOTokenProvider

from judge import ACCOUNT, Case, client, env

oidc, portal = client("sso-oidc"), client("sso")
DEVICE = "urn:ietf:params:oauth:grant-type:device_code"
START = "https://judged.awsapps.com/start"


class NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *args):
        return None


def register(**kwargs):
    got = oidc.register_client(clientName="judge", clientType="public", scopes=["sso:account:access"], **kwargs)
    return {"clientId": got["clientId"], "clientSecret": got["clientSecret"]}, got["clientSecretExpiresAt"]


class SignIn(Case):
    def device(self, who):
        begun = oidc.start_device_authorization(**who, startUrl=START)
        with self.refused("AuthorizationPendingException", 400) as caught:
            oidc.create_token(**who, grantType=DEVICE, deviceCode=begun["deviceCode"])
        self.assertEqual(caught.exception.response["error"], "authorization_pending")
        urllib.request.urlopen(begun["verificationUriComplete"] + "&user=judge").read()
        return oidc.create_token(**who, grantType=DEVICE, deviceCode=begun["deviceCode"])

    def test_device_and_provider(self):
        who, ends = register(grantTypes=[DEVICE, "refresh_token"])
        got = self.device(who)
        with tempfile.NamedTemporaryFile("w", suffix=".ini") as config:
            config.write(f"[profile p]\nsso_session = s\nsso_account_id = {ACCOUNT}\nsso_role_name = Judge\n"
                         f"[sso-session s]\nsso_start_url = {START}\nsso_region = us-east-1\nsso_registration_scopes = sso:account:access\n")
            config.flush()
            session = botocore.session.Session(profile="p")
            session.set_config_variable("config_file", config.name)
            stamp = "%Y-%m-%dT%H:%M:%SZ"
            now = datetime.datetime.now(datetime.timezone.utc)
            cache = {hashlib.sha1(b"s").hexdigest(): {
                **who, "startUrl": START, "region": "us-east-1", "accessToken": got["accessToken"], "refreshToken": got["refreshToken"],
                "expiresAt": (now + datetime.timedelta(minutes=1)).strftime(stamp),
                "registrationExpiresAt": time.strftime(stamp, time.gmtime(ends))}}
            token = SSOTokenProvider(session, cache=cache, profile_name="p").load_token().get_frozen_token()
        self.assertNotEqual(token.token, got["accessToken"])
        role = portal.get_role_credentials(accessToken=token.token, accountId=ACCOUNT, roleName="Judge")["roleCredentials"]
        me = boto3.client("sts", aws_access_key_id=role["accessKeyId"], aws_secret_access_key=role["secretAccessKey"],
                          aws_session_token=role["sessionToken"]).get_caller_identity()
        self.assertTrue(me["Arn"].endswith("/judge"))
        portal.logout(accessToken=token.token)
        with self.refused("UnauthorizedException", 401):
            portal.list_accounts(accessToken=token.token)

    def test_code(self):
        who, _ = register(grantTypes=["authorization_code", "refresh_token"], redirectUris=["http://127.0.0.1/oauth/callback"])
        verifier = base64.urlsafe_b64encode(os.urandom(40)).rstrip(b"=").decode()
        challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
        back = "http://127.0.0.1:12345/oauth/callback"
        query = urllib.parse.urlencode({
            "response_type": "code", "client_id": who["clientId"], "redirect_uri": back, "state": "x", "user": "judge",
            "code_challenge_method": "S256", "code_challenge": challenge, "scopes": "sso:account:access"})
        with self.assertRaises(urllib.error.HTTPError) as sent:
            urllib.request.build_opener(NoRedirect).open(env("AWS_ENDPOINT_URL") + "/authorize?" + query)
        answer = urllib.parse.parse_qs(urllib.parse.urlsplit(sent.exception.headers["Location"]).query)
        self.assertEqual(answer["state"], ["x"])
        got = oidc.create_token(**who, grantType="authorization_code", code=answer["code"][0], redirectUri=back, codeVerifier=verifier)
        self.assertEqual(got["tokenType"], "Bearer")
        with self.refused("InvalidGrantException", 400):
            oidc.create_token(**who, grantType="authorization_code", code=answer["code"][0], redirectUri=back, codeVerifier=verifier)

    def test_refusals(self):
        with self.refused("InvalidClientException", 401):
            oidc.start_device_authorization(clientId="c", clientSecret="s", startUrl=START)
        with self.refused("UnsupportedGrantTypeException", 400):
            oidc.create_token(clientId="c", clientSecret="s", grantType="password")


if __name__ == "__main__":
    unittest.main()
