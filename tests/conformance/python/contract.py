"""The gateway's calls by name, over the stubs that protoc has made."""

import grpc
from google.protobuf import json_format

from akool.avatar.v1 import (
    admin_service_pb2,
    admin_service_pb2_grpc,
    catalog_service_pb2,
    catalog_service_pb2_grpc,
    chat_service_pb2,
    chat_service_pb2_grpc,
    session_service_pb2,
    session_service_pb2_grpc,
)

STEP_LIMIT = 15  # seconds; nothing that a case does takes longer

MODULES = [
    (admin_service_pb2, admin_service_pb2_grpc),
    (catalog_service_pb2, catalog_service_pb2_grpc),
    (chat_service_pb2, chat_service_pb2_grpc),
    (session_service_pb2, session_service_pb2_grpc),
]


class Contract:
    """One connection to a gateway."""

    def __init__(self, url):
        self._channel = grpc.insecure_channel(url.split("//")[1].strip("/"))

    def close(self):
        self._channel.close()

    def method(self, name):
        """`SessionService/CreateSession` as something to call, the class of its requests, and whether it takes many."""
        service_name, method_name = name.split("/")
        for messages, stubs in MODULES:
            service = messages.DESCRIPTOR.services_by_name.get(service_name)
            if service is not None:
                stub = getattr(stubs, service_name + "Stub")(self._channel)
                request = service.methods_by_name[method_name].input_type._concrete_class
                return getattr(stub, method_name), request, name == "ChatService/Chat"
        raise KeyError(name)

    def call(self, name, request, metadata=None, deadline=STEP_LIMIT):
        """Calls a method that answers once, in the JSON form of its messages. Raises grpc.RpcError."""
        method, request_class, _ = self.method(name)
        message = to_message(request, request_class)
        return to_json(method(message, timeout=deadline, metadata=list((metadata or {}).items())))


def to_message(value, message_class):
    return json_format.ParseDict(value, message_class())


def to_json(message):
    return json_format.MessageToDict(message, preserving_proto_field_name=True)
