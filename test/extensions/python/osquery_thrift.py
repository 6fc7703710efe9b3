"""The extension protocol once more, on Debian's python3-thrift: an implementation that shares nothing with Leash's.

Types are told as data: ('struct', {id: (name, type)}), ('map', key, value), ('list', item), or the name of a plain one.
"""
import logging
import os
import socket

from thrift.protocol.TBinaryProtocol import TBinaryProtocol
from thrift.Thrift import TApplicationException, TMessageType, TType
from thrift.transport import TSocket, TTransport

# What cannot be connected to is an exception; the line that the package logs as well only disturbs.
logging.disable()

STRING, I32, I64 = 'string', 'i32', 'i64'
ROWS = ('list', ('map', STRING, STRING))
STATUS = ('struct', {1: ('code', I32), 2: ('message', STRING), 3: ('uuid', I64)})
RESPONSE = ('struct', {1: ('status', STATUS), 2: ('response', ROWS)})
INFO = ('struct', {1: ('name', STRING), 2: ('version', STRING), 3: ('sdk_version', STRING), 4: ('min_sdk_version', STRING)})
OPTION = ('struct', {1: ('value', STRING), 2: ('default_value', STRING), 3: ('type', STRING)})
REGISTRY = ('map', STRING, ('map', STRING, ROWS))

METHODS = {
    'ping': ({}, STATUS),
    'call': ({1: ('registry', STRING), 2: ('item', STRING), 3: ('request', ('map', STRING, STRING))}, RESPONSE),
    'shutdown': ({}, None),
    'extensions': ({}, ('map', I64, INFO)),
    'options': ({}, ('map', STRING, OPTION)),
    'registerExtension': ({1: ('info', INFO), 2: ('registry', REGISTRY)}, STATUS),
    'deregisterExtension': ({1: ('uuid', I64)}, STATUS),
    'query': ({1: ('sql', STRING)}, RESPONSE),
    'getQueryColumns': ({1: ('sql', STRING)}, RESPONSE),
}

WIRE = {STRING: TType.STRING, I32: TType.I32, I64: TType.I64}


def wire_type(type_):
    if isinstance(type_, str):
        return WIRE[type_]
    return {'struct': TType.STRUCT, 'map': TType.MAP, 'list': TType.LIST}[type_[0]]


def write(proto, type_, value):
    if type_ == STRING:
        proto.writeBinary(value) if isinstance(value, bytes) else proto.writeString(value)
    elif type_ == I32:
        proto.writeI32(value)
    elif type_ == I64:
        proto.writeI64(value)
    elif type_[0] == 'struct':
        proto.writeStructBegin('')
        for id_, (name, field) in type_[1].items():
            if value.get(name) is None:
                continue
            proto.writeFieldBegin(name, wire_type(field), id_)
            write(proto, field, value[name])
            proto.writeFieldEnd()
        proto.writeFieldStop()
        proto.writeStructEnd()
    elif type_[0] == 'map':
        proto.writeMapBegin(wire_type(type_[1]), wire_type(type_[2]), len(value))
        for key, item in value.items():
            write(proto, type_[1], key)
            write(proto, type_[2], item)
        proto.writeMapEnd()
    else:
        proto.writeListBegin(wire_type(type_[1]), len(value))
        for item in value:
            write(proto, type_[1], item)
        proto.writeListEnd()


def read(proto, type_):
    if type_ == STRING:
        return proto.readString()
    if type_ == I32:
        return proto.readI32()
    if type_ == I64:
        return proto.readI64()
    if type_[0] == 'struct':
        value = {}
        proto.readStructBegin()
        while True:
            _, wire, id_ = proto.readFieldBegin()
            if wire == TType.STOP:
                break
            name, field = type_[1].get(id_, (None, None))
            if field is not None and wire == wire_type(field):
                value[name] = read(proto, field)
            else:
                proto.skip(wire)
            proto.readFieldEnd()
        proto.readStructEnd()
        return value
    if type_[0] == 'map':
        _, _, size = proto.readMapBegin()
        return {read(proto, type_[1]): read(proto, type_[2]) for _ in range(size)}
    _, size = proto.readListBegin()
    return [read(proto, type_[1]) for _ in range(size)]


class Refused(Exception):
    """The server says that it has no answer."""


class Client:
    """A connection to a manager or an extension; calls go one after another."""

    def __init__(self, path):
        self.socket = TSocket.TSocket(unix_socket=path)
        self.socket.setTimeout(20000)
        self.transport = TTransport.TBufferedTransport(self.socket)
        self.proto = TBinaryProtocol(self.transport, strictRead=True, strictWrite=True)
        self.sequence = 7
        self.transport.open()

    def call(self, method, **arguments):
        self.sequence += 1
        fields, result = METHODS.get(method, ({}, None))
        self.proto.writeMessageBegin(method, TMessageType.CALL, self.sequence)
        write(self.proto, ('struct', fields), arguments)
        self.proto.writeMessageEnd()
        self.transport.flush()
        name, type_, sequence = self.proto.readMessageBegin()
        assert sequence == self.sequence, (sequence, self.sequence)
        if type_ == TMessageType.EXCEPTION:
            error = TApplicationException()
            error.read(self.proto)
            self.proto.readMessageEnd()
            raise Refused(str(error))
        assert name == method, name
        answer = read(self.proto, ('struct', {0: ('result', result)} if result else {}))
        self.proto.readMessageEnd()
        return answer.get('result')

    def close(self):
        self.transport.close()


class Server:
    """Serves one connection at a time, as many extensions in use do."""

    def __init__(self, path, handler):
        self.handler = handler
        self.running = True
        self.listener = socket.socket(socket.AF_UNIX)
        if os.path.exists(path):
            os.unlink(path)
        self.listener.bind(path)
        self.listener.listen(8)

    def run(self):
        while self.running:
            connection, _ = self.listener.accept()
            client = TSocket.TSocket()
            client.setHandle(connection)
            self.serve(TTransport.TBufferedTransport(client))
        self.listener.close()

    def serve(self, transport):
        proto = TBinaryProtocol(transport, strictRead=True, strictWrite=True)
        try:
            while self.running:
                self.answer(proto, transport)
        except (TTransport.TTransportException, OSError):
            pass
        transport.close()

    def answer(self, proto, transport):
        method, _, sequence = proto.readMessageBegin()
        fields, result = METHODS.get(method, ({}, None))
        arguments = read(proto, ('struct', fields))
        proto.readMessageEnd()
        if method not in ('ping', 'call', 'shutdown'):
            error = TApplicationException(TApplicationException.UNKNOWN_METHOD, 'Unknown function ' + method)
            proto.writeMessageBegin(method, TMessageType.EXCEPTION, sequence)
            error.write(proto)
        else:
            value = getattr(self.handler, method)(**arguments)
            proto.writeMessageBegin(method, TMessageType.REPLY, sequence)
            write(proto, ('struct', {0: ('result', result)} if result else {}), {'result': value})
        proto.writeMessageEnd()
        transport.flush()
        if method == 'shutdown':
            self.running = False
