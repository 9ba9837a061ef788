#!/usr/bin/env bash
# Package + version: moto 5.2.5 (server) under boto3 1.44.8 and aws-sdk-go-v2/service/kinesis v1.56.13 (go 1.24 or newer; the Go build makes this take 1 to 2 minutes)
# Expected (guess): both SDKs have a paginator for DescribeStream; on a stream of 5 shards with pages of 2 both give 5 shards in 3 pages.
# Seen: moto honours Limit and HasMoreShards but ignores ExclusiveStartShardId, so every page is the first one. boto3 notices and raises
#   PaginationError ("The same next token was received twice"). Go does not notice: it hands over shards 0 and 1 again and again, without
#   error and without end (this script stops it after 8 pages).
# Why it matters to a Kinesis tool: a shard table fed by such a loop grows for ever in Go and is an error in Python. Prefer ListShards, and
#   stop any paging whose next token, or first shard, repeats.
set -euo pipefail
unset AWS_PROFILE AWS_ENDPOINT_URL
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
export AWS_CONFIG_FILE="$dir/none" AWS_SHARED_CREDENTIALS_FILE="$dir/none" AWS_EC2_METADATA_DISABLED=true
cd "$dir"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check 'moto[server]==5.2.5' boto3==1.44.8 botocore==1.44.8
export GOPATH="$dir/go" GOCACHE="$dir/gocache" GOFLAGS='-mod=mod -modcacherw' GOTOOLCHAIN=local
mkdir app
cat >app/main.go <<'GO'
package main

import (
	"context"
	"fmt"
	"os"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kinesis"
)

func main() {
	keys := aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
		return aws.Credentials{AccessKeyID: "example", SecretAccessKey: "example"}, nil
	})
	client := kinesis.New(kinesis.Options{Region: "us-east-1", Credentials: keys, BaseEndpoint: aws.String(os.Args[1])})
	pages := kinesis.NewDescribeStreamPaginator(client, &kinesis.DescribeStreamInput{StreamName: aws.String("orders"), Limit: aws.Int32(2)})
	for page := 0; page < 8 && pages.HasMorePages(); page++ {
		answer, err := pages.NextPage(context.Background())
		if err != nil {
			fmt.Println("error", err)
			os.Exit(1)
		}
		for _, shard := range answer.StreamDescription.Shards {
			fmt.Print((*shard.ShardId)[19:], " ")
		}
	}
	fmt.Println("more:", pages.HasMorePages())
}
GO
(cd app && go mod init example >/dev/null 2>&1 && go get github.com/aws/aws-sdk-go-v2/service/kinesis@v1.56.13 >get.log 2>&1 && go build -o ../probe .) || { tail -5 app/get.log; exit 1; }
venv/bin/python - 2>err <<'PY' || { tail -5 err; exit 1; }
import logging, subprocess
import boto3
from botocore.exceptions import PaginationError
from moto.server import ThreadedMotoServer
logging.getLogger("werkzeug").setLevel(logging.ERROR)
server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
server.start()
url = "http://%s:%d" % server.get_host_and_port()
kinesis = boto3.client("kinesis", endpoint_url=url, region_name="us-east-1", aws_access_key_id="example", aws_secret_access_key="example")
kinesis.create_stream(StreamName="orders", ShardCount=5)
try:
    kinesis.get_paginator("describe_stream").paginate(StreamName="orders", PaginationConfig={"PageSize": 2}).build_full_result()
    raise SystemExit("boto3 pages through now")
except PaginationError as error:
    print("boto3:", error)
    assert "same next token" in str(error)
go = subprocess.run(["./probe", url], capture_output=True, text=True, timeout=30).stdout.strip()
print("Go, 8 pages:", go)
assert go == "0 1 " * 8 + "more: true"
server.stop()
PY
