// Service limits of Kinesis Data Streams. Source of each: the Kinesis API model 2013-12-02 (operation texts) and the
// developer guide's quotas page, both as of 2026-11.

/** Written bytes a second and shard, data plus partition keys (PutRecords). */
export const SHARD_WRITE_BYTES_PER_SECOND = 1_048_576
/** Written records a second and shard (PutRecords). */
export const SHARD_WRITE_RECORDS_PER_SECOND = 1_000
/** Read bytes a second and shard, shared by all polling readers (GetRecords). */
export const SHARD_READ_BYTES_PER_SECOND = 2_097_152
/** GetRecords calls a second and shard, shared by all polling readers. */
export const SHARD_READS_PER_SECOND = 5
/** Largest page of GetRecords in records. */
export const GET_RECORDS_MAX_RECORDS = 10_000
/** Largest page of GetRecords in bytes; a page this large can throttle the shard for five seconds. */
export const GET_RECORDS_MAX_BYTES = 10_485_760
/** An iterator expires this long after it was handed out (GetShardIterator). */
export const SHARD_ITERATOR_LIFETIME_MILLIS = 300_000
/** Entries of one PutRecords call. */
export const PUT_RECORDS_MAX_ENTRIES = 500
/** Bytes of one PutRecords call, partition keys included. */
export const PUT_RECORDS_MAX_BYTES = 10_485_760
/** Largest record of a stream whose maximum was never set, in KiB (UpdateMaxRecordSize). */
export const DEFAULT_MAX_RECORD_SIZE_KIB = 1_024
/** Characters (not bytes) of a partition key (PutRecord). */
export const PARTITION_KEY_MAX_CHARACTERS = 256
export const RETENTION_MIN_HOURS = 24
export const RETENTION_MAX_HOURS = 8_760
/** Records page of ListShards; DescribeStream stops at 100 whatever is asked. */
export const LIST_SHARDS_MAX_RESULTS = 1_000
/** UpdateShardCount calls in a rolling 24 hours and stream. */
export const UPDATE_SHARD_COUNT_PER_DAY = 10
