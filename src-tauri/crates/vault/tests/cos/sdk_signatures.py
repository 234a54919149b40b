"""Writes sdk_signatures.json: requests as Tencent's own SDK signs them.

    pip install cos-python-sdk-v5
    python sdk_signatures.py > sdk_signatures.json
"""

import json
from unittest import mock

import requests
from qcloud_cos import CosConfig
from qcloud_cos.cos_auth import CosS3Auth

HOST = "games-1250000000.cos.ap-guangzhou.myqcloud.com"
BEGIN = 1790000060
ID, KEY = "AKIDQjz3ltompVjBni5LitkWHFlFpwkn9U5q", "BQYIM75p8x0iWVFSIgqEKwFprpRSVHlz"
SEGMENT = "avalon/segment/0f/" + "0f1e" * 16

REQUESTS = [
    ("PUT", SEGMENT, {}, {"Content-Length": "1048576"}),
    ("PUT", "avalon/ledger/00ff/0000000001", {}, {"Content-Length": "700", "x-cos-forbid-overwrite": "true"}),
    ("GET", SEGMENT, {}, {}),
    ("GET", SEGMENT, {}, {"Range": "bytes=64-8191"}),
    ("HEAD", "avalon/keyring", {}, {}),
    ("DELETE", "avalon/prune/mark", {}, {}),
    ("GET", "", {"prefix": "avalon/segment/", "max-keys": "1000", "marker": "avalon/segment/0f/a b"}, {}),
    ("POST", SEGMENT, {"uploads": ""}, {"x-cos-forbid-overwrite": "true"}),
    ("PUT", SEGMENT, {"partNumber": "2", "uploadId": "16040+8a/e="}, {"Content-Length": "8388608"}),
    ("POST", SEGMENT, {"uploadId": "16040+8a/e="}, {"Content-Length": "300", "Content-Type": "application/xml"}),
    ("DELETE", SEGMENT, {"uploadId": "16040+8a/e="}, {}),
    ("PUT", "腾讯云 & more~", {}, {"Content-MD5": "mQ/fVh815F3k6TAUm8m0eg==", "x-cos-meta-Note": "a b(c)"}),
    ("GET", "avalon/keyring", {}, {"x-cos-security-token": "tok+en/="}),
]


def signed(method, key, params, headers):
    config = CosConfig(Region="ap-guangzhou", SecretId=ID, SecretKey=KEY)
    request = requests.Request(method, "https://%s/" % HOST, headers=headers)
    with mock.patch("time.time", return_value=BEGIN + 60):
        request = CosS3Auth(config, key, params, 3540)(request)
    return {
        "method": method,
        "path": "/" + key,
        "params": params,
        "headers": {name: value for name, value in dict(headers, Host=HOST).items() if name != "Authorization"},
        "authorization": request.headers["Authorization"],
    }


print(json.dumps([signed(*request) for request in REQUESTS], indent=1, ensure_ascii=False, sort_keys=True))
