//! Walks through Kinesis with AWS's SDK for Rust against one endpoint; prints `ok: NAME` or `FAILED: NAME: WHAT` for each check.
//! Usage: walk URL
use aws_sdk_kinesis::config::{BehaviorVersion, Credentials, Region};
use aws_sdk_kinesis::error::ProvideErrorMetadata;
use aws_sdk_kinesis::primitives::Blob;
use aws_sdk_kinesis::types::{
    ConsumerStatus, PutRecordsRequestEntry, ShardIteratorType, StartingPosition, StreamStatus, SubscribeToShardEventStream,
};
use aws_sdk_kinesis::{Client, Config};
use std::fmt::Debug;
use std::time::Duration;

type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

struct Checks {
    failures: u32,
}

impl Checks {
    fn that<T: PartialEq + Debug>(&mut self, name: &str, seen: T, expected: T) {
        if seen == expected {
            println!("ok: {name}");
        } else {
            self.failures += 1;
            println!("FAILED: {name}: saw {seen:?}, expected {expected:?}");
        }
    }
}

fn shard_id(index: u32) -> String {
    format!("shardId-{index:012}")
}

async fn until_active(client: &Client, name: &str) -> Outcome<()> {
    loop {
        let summary = client.describe_stream_summary().stream_name(name).send().await?;
        if summary.stream_description_summary().map(|it| it.stream_status()) == Some(&StreamStatus::Active) {
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

/// Follows a shard from its oldest record to its end or tip; tells its texts, and its children where it ended.
async fn read(client: &Client, shard: &str) -> Outcome<(Vec<String>, Option<Vec<String>>)> {
    let request = client.get_shard_iterator().stream_name("orders").shard_id(shard);
    let mut next = request.shard_iterator_type(ShardIteratorType::TrimHorizon).send().await?.shard_iterator;
    let mut texts = vec![];
    while let Some(iterator) = next {
        let page = client.get_records().shard_iterator(iterator).send().await?;
        for record in page.records() {
            texts.push(String::from_utf8(record.data().clone().into_inner())?);
        }
        if page.next_shard_iterator().is_none() {
            let mut children: Vec<_> = page.child_shards().iter().map(|it| it.shard_id().to_owned()).collect();
            children.sort();
            return Ok((texts, Some(children)));
        }
        if page.millis_behind_latest() == Some(0) {
            break;
        }
        next = page.next_shard_iterator;
    }
    Ok((texts, None))
}

async fn walk(client: &Client, checks: &mut Checks) -> Outcome<()> {
    for name in ["alpha", "beta", "orders"] {
        client.create_stream().stream_name(name).shard_count(2).send().await?;
        until_active(client, name).await?;
    }
    let mut pages = vec![];
    let mut streams = client.list_streams().limit(2).into_paginator().send();
    while let Some(page) = streams.next().await {
        pages.push(page?.stream_names);
    }
    checks.that("ListStreams in pages", pages, vec![vec!["alpha".to_owned(), "beta".to_owned()], vec!["orders".to_owned()]]);

    // MD5("a") = 0cc1... lies in the lower half, MD5("user-1") = d6d7... in the upper.
    let entry = |key: &str, text: &str| {
        PutRecordsRequestEntry::builder().partition_key(key).data(Blob::new(text.as_bytes())).build()
    };
    let batch = client.put_records().stream_name("orders");
    let batch = batch.records(entry("a", "one")?).records(entry("user-1", "ünïcode 🙂")?).records(entry("a", "")?).send().await?;
    let places: Vec<_> = batch.records().iter().map(|it| it.shard_id().unwrap_or("none").to_owned()).collect();
    checks.that("PutRecords: places", places, vec![shard_id(0), shard_id(1), shard_id(0)]);
    let texts = |all: &[&str]| all.iter().map(|it| it.to_string()).collect::<Vec<_>>();
    checks.that("GetRecords from the oldest", read(client, &shard_id(0)).await?, (texts(&["one", ""]), None));
    checks.that("GetRecords of text", read(client, &shard_id(1)).await?, (texts(&["ünïcode 🙂"]), None));

    let summary = client.describe_stream_summary().stream_name("orders").send().await?;
    let arn = summary.stream_description_summary().ok_or("no summary")?.stream_arn().to_owned();
    let registered = client.register_stream_consumer().stream_arn(arn).consumer_name("reader").send().await?;
    let consumer = registered.consumer().ok_or("no consumer")?.consumer_arn().to_owned();
    loop {
        let description = client.describe_stream_consumer().consumer_arn(&consumer).send().await?;
        if description.consumer_description().map(|it| it.consumer_status()) == Some(&ConsumerStatus::Active) {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    let position = StartingPosition::builder().r#type(ShardIteratorType::TrimHorizon).build()?;
    let mut subscription =
        client.subscribe_to_shard().consumer_arn(&consumer).shard_id(shard_id(0)).starting_position(position).send().await?;
    let (mut pushed, mut children, mut is_split) = (vec![], vec![], false);
    while let Some(event) = subscription.event_stream.recv().await? {
        if let SubscribeToShardEventStream::SubscribeToShardEvent(event) = event {
            for record in event.records() {
                pushed.push(String::from_utf8(record.data().clone().into_inner())?);
            }
            children.extend(event.child_shards().iter().map(|it| it.shard_id().to_owned()));
        }
        if pushed.len() == 2 && !is_split {
            is_split = true;
            client.put_record().stream_name("orders").partition_key("a").data(Blob::new("three")).send().await?;
            let split = client.split_shard().stream_name("orders").shard_to_split(shard_id(0));
            split.new_starting_hash_key("85070591730234615865843651857942052864").send().await?;
        }
    }
    children.sort();
    checks.that("SubscribeToShard: what was there, then what came", pushed, texts(&["one", "", "three"]));
    checks.that("SubscribeToShard: the children, then the end", children, vec![shard_id(2), shard_id(3)]);
    until_active(client, "orders").await?;
    let ended = (texts(&["one", "", "three"]), Some(vec![shard_id(2), shard_id(3)]));
    checks.that("GetRecords of a closed shard: its records, end and children", read(client, &shard_id(0)).await?, ended);

    let refused = client.create_stream().stream_name("orders").shard_count(1).send().await.err();
    let is_modelled = refused.and_then(|it| it.into_service_error().is_resource_in_use_exception().then_some(()));
    checks.that("a stream made twice is of the modelled type", is_modelled, Some(()));
    let refused = client.get_records().shard_iterator("garbage").send().await.err();
    let code = refused.and_then(|it| it.into_service_error().code().map(str::to_owned));
    checks.that("a garbage iterator", code, Some("InvalidArgumentException".to_owned()));
    Ok(())
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let url = std::env::args().nth(1).expect("an URL");
    let config = Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("us-east-1"))
        .credentials_provider(Credentials::new("AKIAIOSFODNN7EXAMPLE", "clients", None, None, "fixed"))
        .endpoint_url(url)
        .build();
    let mut checks = Checks { failures: 0 };
    let outcome = tokio::time::timeout(Duration::from_secs(100), walk(&Client::from_conf(config), &mut checks)).await;
    match outcome {
        Ok(Ok(())) => {}
        Ok(Err(error)) => {
            println!("FAILED: the walk: {error:?}");
            checks.failures += 1;
        }
        Err(_) => {
            println!("FAILED: the walk: not done within 100 s");
            checks.failures += 1;
        }
    }
    std::process::exit(if checks.failures > 0 { 1 } else { 0 });
}
