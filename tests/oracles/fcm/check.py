"""Judges recorded FCM requests by Google's published discovery document and by what Google's own sender sends.

Usage: check.py RECORDED.json    (what `zim-recorded-pushes` writes)
Prints a line per check and ends with "N passed, M failed".
"""

import datetime
import http.server
import importlib.resources
import json
import re
import sys
import threading
import urllib.parse

import jwt
from cryptography.hazmat.primitives import serialization
import firebase_admin
from firebase_admin import credentials, messaging

MESSAGING_SCOPE = "https://www.googleapis.com/auth/firebase.messaging"

counts = {"passed": 0, "failed": 0}


def check(name, faults):
    counts["failed" if faults else "passed"] += 1
    print(f"{'FAILED' if faults else 'ok'} {name}")
    for fault in faults:
        print(f"    {fault}")


# --- The discovery document ---------------------------------------------------------------------------------------


def discovery():
    documents = importlib.resources.files("googleapiclient.discovery_cache") / "documents"
    return json.loads((documents / "fcm.v1.json").read_text())


def schema_faults(schemas, schema, value, path):
    """What of `value` the schema does not allow. An unknown field is a fault."""
    if "$ref" in schema:
        return schema_faults(schemas, schemas[schema["$ref"]], value, path)
    kind = schema.get("type")
    if kind == "object":
        return object_faults(schemas, schema, value, path)
    if kind == "array":
        if not isinstance(value, list):
            return [f"{path}: not a list"]
        return [
            fault
            for at, item in enumerate(value)
            for fault in schema_faults(schemas, schema["items"], item, f"{path}[{at}]")
        ]
    types = {"string": str, "boolean": bool, "integer": int, "number": (int, float), "any": object}
    if not isinstance(value, types[kind]) or (kind in ("integer", "number") and isinstance(value, bool)):
        return [f"{path}: {value!r} is no {kind}"]
    if "enum" in schema and value not in schema["enum"]:
        return [f"{path}: {value!r} is none of {schema['enum']}"]
    if schema.get("format") == "int32" and not -(2**31) <= value < 2**31:
        return [f"{path}: {value!r} is no int32"]
    if schema.get("format") == "google-duration" and not re.fullmatch(r"\d+(\.\d{1,9})?s", value):
        return [f"{path}: {value!r} is no duration"]
    return []


def object_faults(schemas, schema, value, path):
    if not isinstance(value, dict):
        return [f"{path}: not an object"]
    faults = []
    for name, item in value.items():
        field = schema.get("properties", {}).get(name) or schema.get("additionalProperties")
        if field is None:
            faults.append(f"{path}.{name}: unknown")
        else:
            faults += schema_faults(schemas, field, item, f"{path}.{name}")
    return faults


def check_by_discovery(document, push):
    method = document["resources"]["projects"]["resources"]["messages"]["methods"]["send"]
    path = "/" + re.sub(r"\{\w+\}", "[^/]+", method["flatPath"])
    faults = []
    if not re.fullmatch(path, push["path"]):
        faults.append(f"{push['path']} is not {method['flatPath']}")
    if MESSAGING_SCOPE not in method["scopes"]:
        faults.append("the scope is not one of the method's")
    request = document["schemas"][method["request"]["$ref"]]
    faults += schema_faults(document["schemas"], request, push["body"], "request")
    check(f"discovery document: {push['scenario']}", faults)


# --- The grant ----------------------------------------------------------------------------------------------------


def check_grant(account, form):
    fields = dict(urllib.parse.parse_qsl(form, strict_parsing=True))
    faults = []
    if fields.get("grant_type") != "urn:ietf:params:oauth:grant-type:jwt-bearer":
        faults.append(f"grant_type {fields.get('grant_type')!r}")
    key = serialization.load_pem_private_key(account["private_key"].encode(), None).public_key()
    try:
        claims = jwt.decode(fields["assertion"], key, algorithms=["RS256"], audience=account["token_uri"])
        header = jwt.get_unverified_header(fields["assertion"])
        expected = {"iss": account["client_email"], "scope": MESSAGING_SCOPE}
        faults += [f"{name} {claims.get(name)!r}" for name in expected if claims.get(name) != expected[name]]
        if not 0 < claims["exp"] - claims["iat"] <= 3600:
            faults.append(f"a life of {claims['exp'] - claims['iat']} s")
        if header.get("kid") != account["private_key_id"]:
            faults.append(f"kid {header.get('kid')!r}")
    except jwt.PyJWTError as error:
        faults.append(f"PyJWT: {error}")
    check("token request, by PyJWT", faults)


# --- Google's own sender ------------------------------------------------------------------------------------------


class Recorder(http.server.BaseHTTPRequestHandler):
    """A server that grants tokens and accepts every message, and keeps what it was sent."""

    messages = []
    grants = []

    def do_POST(self):
        body = self.rfile.read(int(self.headers["content-length"])).decode()
        if self.path == "/token":
            self.grants.append(body)
            answer = {"access_token": "token", "expires_in": 3599, "token_type": "Bearer"}
        else:
            self.messages.append({"path": self.path, "headers": dict(self.headers), "body": json.loads(body)})
            answer = {"name": "projects/double-project/messages/1"}
        text = json.dumps(answer).encode()
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *_):
        pass


def message_of(push):
    """The push as a user of Google's sender would write it, from what the sender asked for."""
    config, body = push["config"], push["body"]["message"]
    data = {"title": config["title"], "body": config["content"]}
    if config["payload"]:
        data["payload"] = config["payload"]
    # These two are the server's own; what they hold is checked elsewhere.
    data["zego"] = body["data"]["zego"]
    if push["scenario"] == "call":
        data["call_id"] = json.loads(data["zego"])["call_id"]
    # The strategies of the test server.
    strategy = {
        "": {},
        "loud": {"priority": "high", "sound": "ring", "channel_id": "chat"},
        "quiet": {"data_only": True},
        "calls": {"data_only": True, "priority": "high"},
    }[config["resourcesID"]]
    details = {name: strategy[name] for name in ("sound", "channel_id") if name in strategy}
    if config["enableBadge"]:
        details["notification_count"] = config["badgeIncrement"]
    shown = not strategy.get("data_only")
    return messaging.Message(
        token=body["token"],
        data=data,
        notification=messaging.Notification(title=config["title"], body=config["content"]) if shown else None,
        android=messaging.AndroidConfig(
            priority=strategy.get("priority", "normal"),
            ttl=datetime.timedelta(seconds=int(body["android"]["ttl"].rstrip("s"))),
            notification=messaging.AndroidNotification(**details) if details else None,
        ),
    )


def canonical(value, is_data=False):
    """Names in lowerCamelCase and words of enumerations in upper case: the two spellings the protocol allows."""
    if isinstance(value, dict):
        named = {}
        for name, item in value.items():
            key = name if is_data else re.sub(r"_(\w)", lambda found: found[1].upper(), name)
            item = canonical(item, is_data=name == "data")
            named[key] = item.upper() if key == "priority" else item
        return named
    return [canonical(item) for item in value] if isinstance(value, list) else value


def differences(ours, theirs, path="message"):
    if isinstance(ours, dict) and isinstance(theirs, dict):
        names = sorted(ours.keys() | theirs.keys())
        return [
            fault
            for name in names
            for fault in differences(ours.get(name), theirs.get(name), f"{path}.{name}")
        ]
    return [] if ours == theirs else [f"{path}: ours {ours!r}, firebase-admin {theirs!r}"]


def check_by_firebase_admin(account, pushes):
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Recorder)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{server.server_port}"
    messaging._MessagingService.FCM_URL = url + "/v1/projects/{0}/messages:send"
    firebase_admin.initialize_app(credentials.Certificate({**account, "token_uri": url + "/token"}))
    for push in pushes:
        messaging.send(message_of(push))
        theirs = Recorder.messages[-1]
        faults = differences(canonical(push["body"]["message"]), canonical(theirs["body"]["message"]))
        if push["path"] != theirs["path"]:
            faults.append(f"path: ours {push['path']}, firebase-admin {theirs['path']}")
        schemes = [
            next(value for name, value in headers.items() if name.lower() == "authorization").split(" ")[0]
            for headers in (push["headers"], theirs["headers"])
        ]
        if schemes != ["Bearer", "Bearer"]:
            faults.append(f"authorization: {schemes}")
        check(f"as firebase-admin {firebase_admin.__version__} sends it: {push['scenario']}", faults)
    return Recorder.grants


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        recorded = json.load(file)
    pushes = [push for push in recorded["pushes"] if push["vendor"] == "fcm"]
    if len(pushes) < 5 or not recorded["token_requests"]:
        check("recorded pushes", [f"only {len(pushes)} pushes, {len(recorded['token_requests'])} token requests"])
    document = discovery()
    print(f"fcm {document['version']}, revision {document['revision']}")
    for push in pushes:
        check_by_discovery(document, push)
    broken = {"message": {"token": "t", "badge": 1, "android": {"priority": "high"}}}
    found = schema_faults(document["schemas"], document["schemas"]["SendMessageRequest"], broken, "request")
    check("the validator finds what is wrong", [] if len(found) == 2 else [f"{found}"])
    for form in recorded["token_requests"]:
        check_grant(recorded["service_account"], form)
    theirs = check_by_firebase_admin(recorded["service_account"], pushes)
    check("firebase-admin asked for a token, too", [] if len(theirs) == 1 else [f"{len(theirs)} requests"])
    print(f"{counts['passed']} passed, {counts['failed']} failed")
    sys.exit(1 if counts["failed"] else 0)


if __name__ == "__main__":
    main()
