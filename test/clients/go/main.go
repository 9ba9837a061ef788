// Walks through Kinesis with AWS's SDK for Go against one endpoint; prints `ok: NAME` or `FAILED: NAME: WHAT` for each check.
// Usage: walk URL
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"reflect"
	"sort"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/kinesis"
	"github.com/aws/aws-sdk-go-v2/service/kinesis/types"
)

var failures int

func check(name string, seen, expected any) {
	if reflect.DeepEqual(seen, expected) {
		fmt.Println("ok:", name)
		return
	}
	failures++
	fmt.Printf("FAILED: %s: saw %v, expected %v\n", name, seen, expected)
}

// must ends the walk: what follows would stand on nothing.
func must[Output any](output Output, err error) Output {
	if err != nil {
		fmt.Println("FAILED: the walk:", err)
		os.Exit(1)
	}
	return output
}

func main() {
	ctx, cancel := context.WithTimeout(context.Background(), 100*time.Second)
	defer cancel()
	client := kinesis.New(kinesis.Options{
		Region:       "us-east-1",
		BaseEndpoint: aws.String(os.Args[1]),
		Credentials:  credentials.NewStaticCredentialsProvider("AKIAIOSFODNN7EXAMPLE", "clients", ""),
	})
	pagination(ctx, client)
	writing(ctx, client)
	pushing(ctx, client)
	resharding(ctx, client)
	refusals(ctx, client)
	if failures > 0 {
		os.Exit(1)
	}
}

func create(ctx context.Context, client *kinesis.Client, name string, shards int32) {
	must(client.CreateStream(ctx, &kinesis.CreateStreamInput{StreamName: &name, ShardCount: &shards}))
	exists := kinesis.NewStreamExistsWaiter(client, func(options *kinesis.StreamExistsWaiterOptions) {
		options.MinDelay, options.MaxDelay = 200*time.Millisecond, time.Second
	})
	must(0, exists.Wait(ctx, &kinesis.DescribeStreamInput{StreamName: &name}, 30*time.Second))
}

func active(ctx context.Context, client *kinesis.Client, name string) {
	for {
		summary := must(client.DescribeStreamSummary(ctx, &kinesis.DescribeStreamSummaryInput{StreamName: &name}))
		if summary.StreamDescriptionSummary.StreamStatus == types.StreamStatusActive {
			return
		}
		time.Sleep(100 * time.Millisecond)
	}
}

func shardID(index int) string { return fmt.Sprintf("shardId-%012d", index) }

func pagination(ctx context.Context, client *kinesis.Client) {
	began := time.Now()
	for _, name := range []string{"alpha", "beta", "gamma"} {
		create(ctx, client, name, 5)
	}
	var pages [][]string
	streams := kinesis.NewListStreamsPaginator(client, &kinesis.ListStreamsInput{Limit: aws.Int32(2)})
	for streams.HasMorePages() {
		page := must(streams.NextPage(ctx))
		pages = append(pages, page.StreamNames)
		for _, summary := range page.StreamSummaries {
			if summary.StreamCreationTimestamp.Before(began.Add(-2*time.Second)) || summary.StreamCreationTimestamp.After(time.Now().Add(2*time.Second)) {
				check("time of creation of "+*summary.StreamName, *summary.StreamCreationTimestamp, "about now")
			}
		}
	}
	check("ListStreams in pages", pages, [][]string{{"alpha", "beta"}, {"gamma"}})
	var sizes []int
	var ids []string
	// A later page is asked for by its token alone, as the SDK has no paginator here.
	input := &kinesis.ListShardsInput{StreamName: aws.String("beta"), MaxResults: aws.Int32(2)}
	for input != nil {
		page := must(client.ListShards(ctx, input))
		sizes = append(sizes, len(page.Shards))
		for _, shard := range page.Shards {
			ids = append(ids, *shard.ShardId)
		}
		if input = nil; page.NextToken != nil {
			input = &kinesis.ListShardsInput{NextToken: page.NextToken, MaxResults: aws.Int32(2)}
		}
	}
	check("ListShards in pages", sizes, []int{2, 2, 1})
	check("ListShards names each shard once", ids, []string{shardID(0), shardID(1), shardID(2), shardID(3), shardID(4)})
}

func iterator(ctx context.Context, client *kinesis.Client, input kinesis.GetShardIteratorInput) *string {
	return must(client.GetShardIterator(ctx, &input)).ShardIterator
}

// read follows a shard until its end or its tip.
func read(ctx context.Context, client *kinesis.Client, next *string) (texts []string, last *kinesis.GetRecordsOutput) {
	for next != nil {
		last = must(client.GetRecords(ctx, &kinesis.GetRecordsInput{ShardIterator: next, Limit: aws.Int32(2)}))
		for _, record := range last.Records {
			texts = append(texts, string(record.Data))
		}
		next = last.NextShardIterator
		if *last.MillisBehindLatest == 0 && len(last.Records) == 0 {
			break
		}
		time.Sleep(210 * time.Millisecond)
	}
	return texts, last
}

func writing(ctx context.Context, client *kinesis.Client) {
	create(ctx, client, "orders", 2)
	// MD5("a") = 0cc1... lies in the lower half, MD5("user-1") = d6d7... in the upper.
	first := must(client.PutRecord(ctx, &kinesis.PutRecordInput{StreamName: aws.String("orders"), PartitionKey: aws.String("a"), Data: []byte("one")}))
	check("PutRecord: shard and digits of the sequence number", []any{*first.ShardId, len(*first.SequenceNumber)}, []any{shardID(0), 56})
	batch := must(client.PutRecords(ctx, &kinesis.PutRecordsInput{StreamName: aws.String("orders"), Records: []types.PutRecordsRequestEntry{
		{PartitionKey: aws.String("user-1"), Data: []byte("ünïcode 🙂")},
		{PartitionKey: aws.String("a"), Data: []byte{}},
		{PartitionKey: aws.String("user-1"), ExplicitHashKey: aws.String("0"), Data: []byte("two")},
	}}))
	var places []string
	for _, entry := range batch.Records {
		places = append(places, *entry.ShardId)
	}
	check("PutRecords: places", append(places, fmt.Sprint(*batch.FailedRecordCount)), []string{shardID(1), shardID(0), shardID(0), "0"})
	named := kinesis.GetShardIteratorInput{StreamName: aws.String("orders"), ShardId: aws.String(shardID(0))}
	oldest, after, since := named, named, named
	oldest.ShardIteratorType = types.ShardIteratorTypeTrimHorizon
	texts, _ := read(ctx, client, iterator(ctx, client, oldest))
	check("GetRecords from the oldest, two a page", texts, []string{"one", "", "two"})
	after.ShardIteratorType, after.StartingSequenceNumber = types.ShardIteratorTypeAfterSequenceNumber, first.SequenceNumber
	texts, _ = read(ctx, client, iterator(ctx, client, after))
	check("GetRecords after a sequence number", texts, []string{"", "two"})
	since.ShardIteratorType, since.Timestamp = types.ShardIteratorTypeAtTimestamp, aws.Time(time.Now().Add(-time.Hour))
	texts, _ = read(ctx, client, iterator(ctx, client, since))
	check("GetRecords from a time", texts, []string{"one", "", "two"})
}

func pushing(ctx context.Context, client *kinesis.Client) {
	summary := must(client.DescribeStreamSummary(ctx, &kinesis.DescribeStreamSummaryInput{StreamName: aws.String("orders")}))
	consumer := must(client.RegisterStreamConsumer(ctx, &kinesis.RegisterStreamConsumerInput{
		StreamARN: summary.StreamDescriptionSummary.StreamARN, ConsumerName: aws.String("reader")})).Consumer
	for {
		description := must(client.DescribeStreamConsumer(ctx, &kinesis.DescribeStreamConsumerInput{ConsumerARN: consumer.ConsumerARN}))
		if description.ConsumerDescription.ConsumerStatus == types.ConsumerStatusActive {
			break
		}
		time.Sleep(100 * time.Millisecond)
	}
	subscribe := func(position types.StartingPosition) *kinesis.SubscribeToShardEventStream {
		return must(client.SubscribeToShard(ctx, &kinesis.SubscribeToShardInput{
			ConsumerARN: consumer.ConsumerARN, ShardId: aws.String(shardID(0)), StartingPosition: &position})).GetStream()
	}
	stream := subscribe(types.StartingPosition{Type: types.ShardIteratorTypeTrimHorizon})
	var texts []string
	var children []string
	isSplit := false
	for event := range stream.Events() {
		value := event.(*types.SubscribeToShardEventStreamMemberSubscribeToShardEvent).Value
		for _, record := range value.Records {
			texts = append(texts, string(record.Data))
		}
		for _, child := range value.ChildShards {
			children = append(children, *child.ShardId)
		}
		if len(texts) == 3 && !isSplit {
			isSplit = true
			must(client.PutRecord(ctx, &kinesis.PutRecordInput{StreamName: aws.String("orders"), PartitionKey: aws.String("a"), Data: []byte("three")}))
			must(client.SplitShard(ctx, &kinesis.SplitShardInput{StreamName: aws.String("orders"), ShardToSplit: aws.String(shardID(0)),
				NewStartingHashKey: aws.String("85070591730234615865843651857942052864")}))
		}
	}
	check("SubscribeToShard ends with its shard, without an error", stream.Err(), nil)
	must(0, stream.Close())
	sort.Strings(children)
	check("SubscribeToShard: what was there, then what came", texts, []string{"one", "", "two", "three"})
	check("SubscribeToShard: the children at the end", children, []string{shardID(2), shardID(3)})
	active(ctx, client, "orders")
}

func resharding(ctx context.Context, client *kinesis.Client) {
	texts, last := read(ctx, client, iterator(ctx, client, kinesis.GetShardIteratorInput{StreamName: aws.String("orders"),
		ShardId: aws.String(shardID(0)), ShardIteratorType: types.ShardIteratorTypeTrimHorizon}))
	var children []string
	for _, child := range last.ChildShards {
		children = append(children, *child.ShardId)
	}
	sort.Strings(children)
	check("GetRecords of a closed shard: its records, its end", []any{texts, last.NextShardIterator == nil}, []any{[]string{"one", "", "two", "three"}, true})
	check("GetRecords of a closed shard: its children", children, []string{shardID(2), shardID(3)})
	must(client.MergeShards(ctx, &kinesis.MergeShardsInput{StreamName: aws.String("orders"), ShardToMerge: aws.String(shardID(2)), AdjacentShardToMerge: aws.String(shardID(3))}))
	active(ctx, client, "orders")
	changed := must(client.UpdateShardCount(ctx, &kinesis.UpdateShardCountInput{StreamName: aws.String("orders"), TargetShardCount: aws.Int32(4), ScalingType: types.ScalingTypeUniformScaling}))
	check("UpdateShardCount tells both counts", []int32{*changed.CurrentShardCount, *changed.TargetShardCount}, []int32{2, 4})
	active(ctx, client, "orders")
	open := must(client.ListShards(ctx, &kinesis.ListShardsInput{StreamName: aws.String("orders"), ShardFilter: &types.ShardFilter{Type: types.ShardFilterTypeAtLatest}}))
	var starts []string
	for _, shard := range open.Shards {
		starts = append(starts, *shard.HashKeyRange.StartingHashKey)
	}
	sort.Strings(starts)
	check("four equal shards are open", starts, []string{"0", "170141183460469231731687303715884105728",
		"255211775190703847597530955573826158592", "85070591730234615865843651857942052864"})
}

func refusals(ctx context.Context, client *kinesis.Client) {
	_, err := client.DescribeStreamSummary(ctx, &kinesis.DescribeStreamSummaryInput{StreamName: aws.String("nowhere")})
	var notFound *types.ResourceNotFoundException
	check("an unknown stream is of the modelled type", errors.As(err, &notFound), true)
	_, err = client.CreateStream(ctx, &kinesis.CreateStreamInput{StreamName: aws.String("orders"), ShardCount: aws.Int32(1)})
	var inUse *types.ResourceInUseException
	check("a stream made twice is of the modelled type", errors.As(err, &inUse), true)
	_, err = client.GetRecords(ctx, &kinesis.GetRecordsInput{ShardIterator: aws.String("garbage")})
	var invalid *types.InvalidArgumentException
	check("a garbage iterator is of the modelled type", errors.As(err, &invalid), true)
}
