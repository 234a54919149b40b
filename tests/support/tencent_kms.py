"""A stand-in for Tencent Cloud KMS: checks signatures by itself, and encrypts and decrypts.

Usage: tencent_kms.py SECRET_ID SECRET_KEY TOKEN KEY_ID... — prints its port, then serves. TOKEN may
be empty. Written from the published description of TC3-HMAC-SHA256 and of the API 2019-01-18.
"""

import base64
import datetime
import hashlib
import hmac
import http.server
import json
import secrets
import sys
import time

SECRET_ID, SECRET_KEY, TOKEN, *KEYS = sys.argv[1:]
# What a ciphertext stands for: key, encryption context, plaintext.
SEALED = {}


class Refusal(Exception):
    pass


def digest(key, text):
    return hmac.new(key, text.encode(), hashlib.sha256).digest()


def check(headers, body):
    fields = dict(part.split("=", 1) for part in headers["Authorization"].removeprefix("TC3-HMAC-SHA256 ").split(", "))
    secret_id, date, service, terminator = fields["Credential"].split("/")
    if secret_id != SECRET_ID:
        raise Refusal("AuthFailure.SecretIdNotFound", "The SecretId is not found.")
    if (headers.get("X-TC-Token") or "") != TOKEN:
        raise Refusal("AuthFailure.TokenFailure", "Token verification failed.")
    seconds = int(headers["X-TC-Timestamp"])
    if abs(seconds - time.time()) > 300:
        raise Refusal("AuthFailure.SignatureExpire", "The signature has expired.")
    if date != datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc).strftime("%Y-%m-%d"):
        raise Refusal("AuthFailure.SignatureFailure", "The date is not that of the timestamp.")
    names = fields["SignedHeaders"].split(";")
    if not {"content-type", "host"} <= set(names) or names != sorted(names):
        raise Refusal("AuthFailure.SignatureFailure", "Content type and host must be signed.")
    signed = "".join(f"{name}:{headers[name].strip().lower()}\n" for name in names)
    request = "\n".join(["POST", "/", "", signed, fields["SignedHeaders"], hashlib.sha256(body).hexdigest()])
    scope = f"{date}/{service}/{terminator}"
    text = f"TC3-HMAC-SHA256\n{seconds}\n{scope}\n{hashlib.sha256(request.encode()).hexdigest()}"
    key = digest(digest(digest(("TC3" + SECRET_KEY).encode(), date), service), "tc3_request")
    if (service, terminator) != ("kms", "tc3_request") or digest(key, text).hex() != fields["Signature"]:
        raise Refusal("AuthFailure.SignatureFailure", "The provided credentials could not be validated.")


def encrypt(fields):
    key, plaintext = fields["KeyId"], fields["Plaintext"]
    if key not in KEYS:
        raise Refusal("InvalidParameterValue.InvalidKeyId", "The key id is not valid.")
    base64.b64decode(plaintext, validate=True)
    ciphertext = base64.b64encode(secrets.token_bytes(48)).decode()
    SEALED[ciphertext] = key, json.loads(fields.get("EncryptionContext", "{}")), plaintext
    return {"CiphertextBlob": ciphertext, "KeyId": key}


def decrypt(fields):
    key, context, plaintext = SEALED.get(fields["CiphertextBlob"], (None, None, None))
    if key is None or context != json.loads(fields.get("EncryptionContext", "{}")):
        raise Refusal("InvalidParameterValue.InvalidCiphertext", "The ciphertext is not valid.")
    return {"Plaintext": plaintext, "KeyId": key}


class Handler(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        try:
            check(self.headers, body)
            if self.headers["X-TC-Version"] != "2019-01-18" or self.headers["X-TC-Region"] != "ap-guangzhou":
                raise Refusal("InvalidParameter", "Version and region are others.")
            actions = {"Encrypt": encrypt, "Decrypt": decrypt}
            answer = actions[self.headers["X-TC-Action"]](json.loads(body))
        except Refusal as refusal:
            code, message = refusal.args
            answer = {"Error": {"Code": code, "Message": message}}
        # Refusals are answered with 200, as the real service does.
        text = json.dumps({"Response": {**answer, "RequestId": "0"}}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *_):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
print(server.server_port, flush=True)
server.serve_forever()
