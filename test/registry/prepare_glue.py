"""Makes a registry with three schemas on moto and prints their schema-version ids. Usage: URL AVSC."""

import json
import sys

import boto3

glue = boto3.client("glue", endpoint_url=sys.argv[1], region_name="us-east-1", aws_access_key_id="test", aws_secret_access_key="test")
glue.create_registry(RegistryName="shop")


def schema(name, data_format, definition):
    made = glue.create_schema(
        RegistryId={"RegistryName": "shop"}, SchemaName=name, DataFormat=data_format, Compatibility="NONE", SchemaDefinition=definition
    )
    return made["SchemaVersionId"]


print(
    json.dumps(
        {
            "avro": schema("orders", "AVRO", open(sys.argv[2]).read()),
            "json": schema("notes", "JSON", '{"$schema":"http://json-schema.org/draft-07/schema#","type":"object"}'),
            "protobuf": schema("events", "PROTOBUF", 'syntax = "proto3"; package shop; message Event { string name = 1; }'),
        }
    )
)
