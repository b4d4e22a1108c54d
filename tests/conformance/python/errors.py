"""How a call ended, with the details of google.rpc.Status."""

import grpc
from google.protobuf import json_format
from google.rpc import error_details_pb2, status_pb2

OK = {"code": "OK", "details": {}}


def of_call(call):
    """The end of a call that is over, or the exception that it raised: `{code, message, details: {ErrorInfo: ...}}`."""
    if call.code() == grpc.StatusCode.OK:
        return OK
    trailers = dict(call.trailing_metadata() or ())
    return {
        "code": call.code().name,
        "message": call.details(),
        "details": details_of(call, trailers.get("grpc-status-details-bin")),
    }


def details_of(call, packed):
    if packed is None:
        return {}
    status = status_pb2.Status.FromString(packed)
    if status.code != call.code().value[0] or status.message != call.details():
        raise AssertionError("grpc-status-details-bin says another code or text than grpc-status and grpc-message")
    details = {}
    for packed_detail in status.details:
        name = packed_detail.type_url.rsplit(".", 1)[1]
        detail = getattr(error_details_pb2, name)()
        packed_detail.Unpack(detail)
        details[name] = json_format.MessageToDict(detail, preserving_proto_field_name=True)
    return details
