#!/usr/bin/env python3
"""Writes payloads.json: bytes made by programs that are not ours, for the tests of the decoders.

Needs the programs gzip, zstd and lz4, and from PyPI: aws_kinesis_agg six aws-glue-schema-registry kafka-python python-snappy fastavro backports.zstd msgpack cbor2 protobuf grpcio-tools.
Each entry names the program that wrote it. Run by hand when a format is added; the tests only read the result.
"""
import base64, datetime, gzip, io, json, subprocess, sys, zlib
from importlib.metadata import version

OUT = {}

def put(name, made_by, data, **more):
    OUT[name] = {"madeBy": made_by, "base64": base64.b64encode(data).decode(), **more}

def program(*command, data):
    return subprocess.run(command, input=data, stdout=subprocess.PIPE, check=True).stdout

def program_version(*command):
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=True, text=True)
    return done.stdout.strip().splitlines()[0].strip("* ")

ORDER = b'{"order":1,"price":12345678901234567890,"note":"caf\xc3\xa9"}'
GZIP, ZSTD, LZ4 = program_version("gzip", "--version"), program_version("zstd", "--version"), program_version("lz4", "--version")
PYTHON = "Python " + sys.version.split()[0]

put("gzip program", GZIP, program("gzip", "-c", data=ORDER))
put("gzip with name and extra header", PYTHON + " gzip, header fields added by hand after RFC 1952",
    (lambda member: member[:3] + bytes([0x1c]) + member[4:10] + b"\x04\x00abcd" + b"order.json\0" + b"comment\0" + member[10:])(
        gzip.compress(ORDER, mtime=0)))
put("gzip two members", GZIP, program("gzip", "-c", data=b'{"a":1}\n') + program("gzip", "-c", data=b'{"a":2}\n'))
put("gzip of plain words", GZIP, program("gzip", "-c", data=b"plain words"))
put("zlib", PYTHON + " zlib", zlib.compress(ORDER))
put("zlib fastest", PYTHON + " zlib", zlib.compress(ORDER, 1))
put("zlib best", PYTHON + " zlib", zlib.compress(ORDER, 9))
put("zstd program", ZSTD, program("zstd", "-c", "-q", data=ORDER))
put("zstd two frames", ZSTD, program("zstd", "-c", "-q", data=b'{"a":1}\n') + program("zstd", "-c", "-q", data=b'{"a":2}\n'))
put("lz4 program", LZ4, program("lz4", "-c", "-q", data=ORDER))
put("lz4 program, repetitive, linked blocks, checksums", LZ4,
    program("lz4", "-c", "-q", "-BD", "-B4", "-BX", "--content-size", data=b'{"n":"' + b"abcdefgh" * 40000 + b'"}'))

LOGS = {"messageType": "DATA_MESSAGE", "owner": "123456789012", "logGroup": "/aws/lambda/orders", "logStream": "2026/11/30/[$LATEST]abc",
        "subscriptionFilters": ["to-kinesis"],
        "logEvents": [{"id": "3" * 56, "timestamp": 1764504000123, "message": "START RequestId: 1\n"},
                      {"id": "4" * 56, "timestamp": 1764504000456, "message": '{"level":"info"}'}]}
PROBE = {"messageType": "CONTROL_MESSAGE", "owner": "CloudwatchLogs", "logGroup": "", "logStream": "", "subscriptionFilters": [],
         "logEvents": [{"id": "", "timestamp": 1764504000000, "message": "CWL CONTROL MESSAGE: Checking health of destination Kinesis stream."}]}
put("CloudWatch Logs data", PYTHON + " gzip", gzip.compress(json.dumps(LOGS).encode(), mtime=0))
put("CloudWatch Logs probe", PYTHON + " gzip", gzip.compress(json.dumps(PROBE).encode(), mtime=0))

import aws_kinesis_agg.aggregator
AGG = "aws_kinesis_agg " + version("aws_kinesis_agg")
def aggregate(*records):
    aggregator = aws_kinesis_agg.aggregator.RecordAggregator()
    for key, data, explicit in records:
        aggregator.add_user_record(key, data, explicit)
    return aggregator.clear_and_get().get_contents()[2]
put("KPL three records", AGG, aggregate(
    ("user-1", b'{"n":1}', "0"), ("\u00e9", gzip.compress(b'{"n":2}', mtime=0), str(2**128 - 1)), ("user-1", b"\x00\x01\x02", "5")))

# What the producer library itself put (Java, amazon-kinesis-producer 1.0.8 with its native part, against the sandbox over TLS):
# user-1, user-2, caf\u00e9 and user-1 again with {"n":1} .. {"n":4}, then user-3 with the highest hash key and the text "explicit".
put("KPL 1.0.8 itself", "amazon-kinesis-producer 1.0.8", base64.b64decode(
    "84mawgoGdXNlci0xCgZ1c2VyLTIKBWNhZsOpCgZ1c2VyLTMSJzM0MDI4MjM2NjkyMDkzODQ2MzQ2MzM3NDYwNzQzMTc2ODIxMTQ1NRoLCAAaB3sibiI6MX0aCwgBGgd7Im4i"
    "OjJ9GgsIAhoHeyJuIjozfRoLCAAaB3sibiI6NH0aDggDEAAaCGV4cGxpY2l0tVBkzY7PsoX+LYzxK5zZwg=="))

import snappy
SNAPPY = "python-snappy " + version("python-snappy")
stream = snappy.StreamCompressor()
put("snappy framed", SNAPPY, stream.add_chunk(ORDER))
put("snappy framed, repetitive", SNAPPY, snappy.StreamCompressor().add_chunk(b'{"n":"' + b"abcdefgh" * 20000 + b'"}'))
stored = bytes(range(256)) * 2
put("snappy framed, incompressible", SNAPPY, snappy.StreamCompressor().add_chunk(stored), )

from kafka.codec import snappy_encode
put("snappy xerial", "kafka-python " + version("kafka-python"), snappy_encode(b'{"n":"' + b"abcdefgh" * 9000 + b'"}', xerial_compatible=True))

import fastavro
AVRO = "fastavro " + version("fastavro")
SCHEMA = {"type": "record", "name": "Order", "namespace": "shop", "fields": [
    {"name": "id", "type": "long"}, {"name": "note", "type": ["null", "string"], "default": None},
    {"name": "price", "type": "double"}, {"name": "tags", "type": {"type": "array", "items": "string"}},
    {"name": "counts", "type": {"type": "map", "values": "int"}}, {"name": "kind", "type": {"type": "enum", "name": "Kind", "symbols": ["NEW", "OLD"]}},
    {"name": "mark", "type": {"type": "fixed", "name": "Mark", "size": 4}}, {"name": "raw", "type": "bytes"}, {"name": "isPaid", "type": "boolean"},
    {"name": "at", "type": {"type": "long", "logicalType": "timestamp-millis"}}, {"name": "ratio", "type": "float"}]}
ORDERS = [{"id": 9007199254740993, "note": None, "price": 1.5, "tags": ["a", "b"], "counts": {"x": -1}, "kind": "OLD", "mark": b"\x00\x01\x02\x03",
           "raw": b"\xff", "isPaid": True, "at": datetime.datetime(2026, 11, 30, 12, tzinfo=datetime.timezone.utc), "ratio": 0.5},
          {"id": -2, "note": "caf\u00e9", "price": 0.0, "tags": [], "counts": {}, "kind": "NEW", "mark": b"abcd", "raw": b"", "isPaid": False,
           "at": datetime.datetime(1969, 12, 31, 23, 59, 59, 500000, tzinfo=datetime.timezone.utc), "ratio": -2.0}]
for codec in ("null", "deflate", "snappy", "zstandard"):
    out = io.BytesIO()
    fastavro.writer(out, SCHEMA, ORDERS, codec=codec, sync_marker=b"0123456789abcdef")
    put("Avro container, " + codec, AVRO, out.getvalue())
out = io.BytesIO()
fastavro.schemaless_writer(out, SCHEMA, ORDERS[0])
PLAIN = out.getvalue()
put("Avro datum without container", AVRO, PLAIN)
fingerprint = fastavro.schema.fingerprint(fastavro.schema.to_parsing_canonical_form(SCHEMA), "CRC-64-AVRO")
put("Avro single object", AVRO, b"\xc3\x01" + int(fingerprint, 16).to_bytes(8, "big") + PLAIN, fingerprint=fingerprint)

from uuid import UUID
from aws_schema_registry import codec as glue_codec
GLUE = "aws-glue-schema-registry " + version("aws-glue-schema-registry")
VERSION = UUID("b7b4a7f0-9c96-4e4a-a687-fb5de9ef0c63")
put("Glue, Avro", GLUE + " around " + AVRO, glue_codec.encode(PLAIN, VERSION))
put("Glue, JSON, zlib", GLUE, glue_codec.encode(ORDER, VERSION, compression="zlib"))
CONFLUENT = "header by hand after Confluent's wire format, around "
put("Confluent, Avro", CONFLUENT + AVRO, b"\0" + (42).to_bytes(4, "big") + PLAIN)
put("Confluent, JSON", CONFLUENT + "JSON", b"\0" + (7).to_bytes(4, "big") + ORDER)
with open(__file__.replace("make-fixtures.py", "order.avsc"), "w") as file:
    json.dump(SCHEMA, file, indent=1)
    file.write("\n")

import msgpack, cbor2
VALUE = {"id": 1, "big": 2**64 - 1, "neg": -5, "f": 1.25, "list": [1, None, True], "raw": b"\x00\xff", "text": "caf\u00e9", "deep": {"a": {"b": []}}}
put("MessagePack", "msgpack " + version("msgpack"), msgpack.packb(VALUE))
put("MessagePack timestamp", "msgpack " + version("msgpack"), msgpack.packb({"at": datetime.datetime(2026, 11, 30, 12, tzinfo=datetime.timezone.utc)}, datetime=True))
put("CBOR", "cbor2 " + version("cbor2"), cbor2.dumps(VALUE))
put("CBOR tagged", "cbor2 " + version("cbor2"), cbor2.dumps(cbor2.CBORTag(55799, {"at": datetime.datetime(2026, 11, 30, 12, tzinfo=datetime.timezone.utc)}), timezone=datetime.timezone.utc))

from google.protobuf import struct_pb2
message = struct_pb2.Struct()
message.update({"id": 1, "name": "caf\u00e9", "list": [True, None]})
put("Protobuf Struct", "protobuf " + version("protobuf"), message.SerializeToString(deterministic=True))

put("Confluent, Protobuf, first message", CONFLUENT + "protobuf " + version("protobuf"), b"\0" + (9).to_bytes(4, "big") + b"\0" + message.SerializeToString(deterministic=True))
put("Confluent, Protobuf, nested message", CONFLUENT + "protobuf " + version("protobuf"), b"\0" + (9).to_bytes(4, "big") + b"\x04\x02\x00" + message.SerializeToString(deterministic=True))

import os, pathlib, tempfile
import grpc_tools
from grpc_tools import protoc
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory
PROTO = """
syntax = "proto3";
package shop;
import "google/protobuf/timestamp.proto";
enum Kind { UNKNOWN = 0; NEW = 1; OLD = -2; }
message Order {
  message Item { string name = 1; sint32 delta = 2; }
  int64 id = 1;
  uint64 big = 2;
  double price = 3;
  repeated int32 counts = 4;
  repeated Item items = 5;
  map<string, Kind> kinds = 6;
  google.protobuf.Timestamp at = 7;
  bytes raw = 8;
  bool is_paid = 9;
  fixed64 mark = 10;
  sfixed32 low = 11;
  float ratio = 12;
  oneof choice { string text = 13; uint32 number = 14; }
  repeated string tags = 15;
  int32 negative = 16;
}
message Other { string name = 1; }
"""
with tempfile.TemporaryDirectory() as folder:
    pathlib.Path(folder, "order.proto").write_text(PROTO)
    include = os.path.join(os.path.dirname(grpc_tools.__file__), "_proto")
    made = protoc.main(["protoc", f"-I{folder}", f"-I{include}", "--include_imports", f"-o{folder}/order.pb", "order.proto"])
    assert made == 0
    descriptors = pathlib.Path(folder, "order.pb").read_bytes()
put("Protobuf descriptor set", "protoc of grpcio-tools " + version("grpcio-tools"), descriptors)
pool = descriptor_pool.DescriptorPool()
for file in descriptor_pb2.FileDescriptorSet.FromString(descriptors).file:
    pool.Add(file)
Order = message_factory.GetMessageClass(pool.FindMessageTypeByName("shop.Order"))
order = Order(id=-9007199254740993, big=2**64 - 1, price=1.5, counts=[1, -1, 300], raw=b"\x00\xff", is_paid=True, mark=2**63, low=-5, ratio=0.1,
              text="caf\u00e9", tags=["a", "b"], negative=-7)
order.items.add(name="pen", delta=-3)
order.items.add(name="ink", delta=4)
order.kinds["x"] = -2
order.kinds["y"] = 1
order.at.FromJsonString("2026-11-30T12:00:00.000001Z")
put("Protobuf order", "protobuf " + version("protobuf"), order.SerializeToString(deterministic=True))

with open(__file__.replace("make-fixtures.py", "payloads.json"), "w") as file:
    json.dump(OUT, file, indent=1)
    file.write("\n")
for name, entry in OUT.items():
    print(len(entry["base64"]), name)
