"""Makes vectors.json: requests as Tencent's own SDK signs them, none of which leaves the machine.

Needs tencentcloud-sdk-python-common and tencentcloud-sdk-python-kms.
"""

import json
import pathlib
import time

from tencentcloud.common import credential
from tencentcloud.common.abstract_client import AbstractClient
from tencentcloud.common.http.request import RequestInternal
from tencentcloud.common.profile.client_profile import ClientProfile
from tencentcloud.common.profile.http_profile import HttpProfile
from tencentcloud.kms.v20190118 import kms_client, models

# Made up; no account has them.
PAIRS = [("AKIDmadeup0000000000000000000000001", "made-up-secret-key-one"), ("AKIDmadeup2", "密钥-made-up-two")]
KEY = "23e80852-1e38-11e9-b129-5cb9019b4b01"
CONTEXT = json.dumps({"avalon-vault": "07" * 16})


def encrypt():
    request = models.EncryptRequest()
    request.KeyId, request.Plaintext, request.EncryptionContext = KEY, "AAECAwQFBgc=", CONTEXT
    return "Encrypt", request


def decrypt():
    request = models.DecryptRequest()
    request.CiphertextBlob, request.EncryptionContext = "Zm9yIHRlc3RzIG9ubHk=", CONTEXT
    return "Decrypt", request


def describe():
    request = models.DescribeKeyRequest()
    request.KeyId = "未命名"
    return "DescribeKey", request


def signed(call, pair, region, endpoint, moment):
    action, request = call()
    profile = ClientProfile(signMethod="TC3-HMAC-SHA256", httpProfile=HttpProfile(reqMethod="POST", endpoint=endpoint))
    client = kms_client.KmsClient(credential.Credential(*pair), region, profile)
    real = time.time
    time.time = lambda: moment
    try:
        wire = RequestInternal(endpoint, method="POST", uri="/")
        AbstractClient._build_req_with_tc3_signature(client, action, request._serialize(), wire)
    finally:
        time.time = real
    return {
        "action": action,
        "service": client._service,
        "host": wire.header["Host"],
        "content_type": wire.header["Content-Type"],
        "secret_id": pair[0],
        "secret_key": pair[1],
        "timestamp": moment,
        "body": wire.data,
        "authorization": wire.header["Authorization"],
    }


def main():
    # The last second of a day and the first of the next: the date is that of UTC.
    moments = [1551113065, 1767225599, 1767225600, 4102444800]
    vectors = [
        signed(call, pair, "ap-guangzhou", endpoint, moment)
        for call in (encrypt, decrypt, describe)
        for pair, endpoint in zip(PAIRS, ("kms.tencentcloudapi.com", "kms.ap-guangzhou.tencentcloudapi.com"))
        for moment in moments
    ]
    text = json.dumps(vectors, indent=1, ensure_ascii=False)
    pathlib.Path(__file__).with_name("vectors.json").write_text(text + "\n", encoding="utf-8")


main()
