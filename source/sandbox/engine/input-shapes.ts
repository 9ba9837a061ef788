/**
 * Shapes and constraints of every operation's input, one a line, taken from the Kinesis service model 2013-12-02 as
 * botocore 1.43.107 ships it (service-2.json; Apache-2.0): name, kind, and for
 *   string, blob, list, map, integer: `minimum..maximum` of length or value, then `/pattern/` or the members' shapes;
 *   enum: its values; struct: `Member:Shape`, with `!` after a member that is required.
 */
export const INPUT_SHAPES = String.raw`
AddTagsToStreamInput struct StreamName:StreamName Tags!:TagMap StreamARN:StreamARN StreamId:StreamId
BooleanObject boolean
BucketARN string 1..2048 /arn:aws[-a-z0-9]*:s3:::[a-z0-9._-]{3,63}/
ChannelARN string 1..2048 /arn:aws.*:kinesis:.*:\d{12}:channel/\S+/
ChannelEncryptionConfiguration struct EncryptionType!:ChannelEncryptionType KeyId!:KeyId
ChannelEncryptionType enum KMS
ChannelLoggingConfiguration struct CloudWatchLogs!:CloudWatchLogs
ChannelLoggingUpdateInput struct CloudWatchLogs!:CloudWatchLogsUpdateInput
ChannelName string 1..128 /[a-zA-Z0-9_.-]+/
ChannelStreamConfiguration struct StreamARN!:StreamARN RecordConfiguration!:RecordConfiguration
ChannelStreamConfigurationList list 1..10000 ChannelStreamConfiguration
CloudWatchLogGroupName string 1..512 /[\.\-_/#A-Za-z0-9]+/
CloudWatchLogStreamName string 1..512 /[^:*]*/
CloudWatchLogs struct Enabled!:BooleanObject LogGroupName:CloudWatchLogGroupName LogStreamName:CloudWatchLogStreamName
CloudWatchLogsUpdateInput struct Enabled!:BooleanObject LogGroupName:CloudWatchLogGroupName LogStreamName:CloudWatchLogStreamName
ConsumerARN string 1..2048 /^(arn):aws.*:kinesis:.*:\d{12}:.*stream\/[a-zA-Z0-9_.-]+\/consumer\/[a-zA-Z0-9_.-]+:[0-9]+/
ConsumerName string 1..128 /[a-zA-Z0-9_.-]+/
CreateChannelInput struct ChannelName!:ChannelName ServiceExecutionRoleARN!:RoleARN StreamConfigurationList!:ChannelStreamConfigurationList S3DestinationConfiguration:S3DestinationConfiguration S3TablesDestinationConfiguration:S3TablesDestinationConfiguration EncryptionConfiguration:ChannelEncryptionConfiguration Tags:TagMap LoggingConfiguration:ChannelLoggingConfiguration
CreateStreamInput struct StreamName!:StreamName ShardCount:PositiveIntegerObject StreamModeDetails:StreamModeDetails Tags:TagMap WarmThroughputMiBps:NaturalIntegerObject MaxRecordSizeInKiB:MaxRecordSizeInKiB RecordDistributionStrategy:RecordDistributionStrategy
Data blob 0..10485760
DataFreshnessInSeconds integer
DeadLetterQueueS3Configuration struct BucketARN!:BucketARN ExpectedBucketOwner!:ExpectedBucketOwner ErrorOutputPrefix:S3ErrorOutputPrefix
DecreaseStreamRetentionPeriodInput struct StreamName:StreamName RetentionPeriodHours!:RetentionPeriodHours StreamARN:StreamARN StreamId:StreamId
DeleteChannelInput struct ChannelARN!:ChannelARN
DeleteResourcePolicyInput struct ResourceARN!:ResourceARN StreamId:StreamId
DeleteStreamInput struct StreamName:StreamName EnforceConsumerDeletion:BooleanObject StreamARN:StreamARN StreamId:StreamId
DeregisterStreamConsumerInput struct StreamARN:StreamARN ConsumerName:ConsumerName ConsumerARN:ConsumerARN StreamId:StreamId
DescribeAccountSettingsInput struct
DescribeChannelInput struct ChannelARN!:ChannelARN
DescribeLimitsInput struct
DescribeStreamConsumerInput struct StreamARN:StreamARN ConsumerName:ConsumerName ConsumerARN:ConsumerARN StreamId:StreamId
DescribeStreamInput struct StreamName:StreamName Limit:DescribeStreamInputLimit ExclusiveStartShardId:ShardId StreamARN:StreamARN StreamId:StreamId
DescribeStreamInputLimit integer 1..10000
DescribeStreamSummaryInput struct StreamName:StreamName StreamARN:StreamARN StreamId:StreamId
DisableEnhancedMonitoringInput struct StreamName:StreamName ShardLevelMetrics!:MetricsNameList StreamARN:StreamARN StreamId:StreamId
EnableEnhancedMonitoringInput struct StreamName:StreamName ShardLevelMetrics!:MetricsNameList StreamARN:StreamARN StreamId:StreamId
EncryptionType enum NONE|KMS
ExpectedBucketOwner string 12..12 /\d{12}/
GSRSchemaARN string 1..512 /arn:aws[-a-z0-9]*:glue:[-a-z0-9]+:\d{12}:schema/[-a-zA-Z0-9_$#.]+/[-a-zA-Z0-9_$#.]+/
GetRecordsInput struct ShardIterator!:ShardIterator Limit:GetRecordsInputLimit StreamARN:StreamARN StreamId:StreamId DryRun:BooleanObject
GetRecordsInputLimit integer 1..10000
GetResourcePolicyInput struct ResourceARN!:ResourceARN StreamId:StreamId
GetShardIteratorInput struct StreamName:StreamName ShardId!:ShardId ShardIteratorType!:ShardIteratorType StartingSequenceNumber:SequenceNumber Timestamp:Timestamp StreamARN:StreamARN StreamId:StreamId DryRun:BooleanObject
HashKey string /^(0|([1-9]\d{0,38}))$/
IncreaseStreamRetentionPeriodInput struct StreamName:StreamName RetentionPeriodHours!:RetentionPeriodHours StreamARN:StreamARN StreamId:StreamId
KeyId string 1..2048
ListChannelsInput struct StreamFilter:StreamFilterList MaxResults:ListChannelsInputLimit NextToken:NextToken
ListChannelsInputLimit integer 1..10000
ListShardsInput struct StreamName:StreamName NextToken:NextToken ExclusiveStartShardId:ShardId MaxResults:ListShardsInputLimit StreamCreationTimestamp:Timestamp ShardFilter:ShardFilter StreamARN:StreamARN StreamId:StreamId
ListShardsInputLimit integer 1..10000
ListStreamConsumersInput struct StreamARN!:StreamARN NextToken:NextToken MaxResults:ListStreamConsumersInputLimit StreamCreationTimestamp:Timestamp StreamId:StreamId
ListStreamConsumersInputLimit integer 1..10000
ListStreamsInput struct Limit:ListStreamsInputLimit ExclusiveStartStreamName:StreamName NextToken:NextToken
ListStreamsInputLimit integer 1..10000
ListTagsForResourceInput struct ResourceARN!:ResourceARN StreamId:StreamId
ListTagsForStreamInput struct StreamName:StreamName ExclusiveStartTagKey:TagKey Limit:ListTagsForStreamInputLimit StreamARN:StreamARN StreamId:StreamId
ListTagsForStreamInputLimit integer 1..50
MaxRecordSizeInKiB integer 1024..10240
MergeShardsInput struct StreamName:StreamName ShardToMerge!:ShardId AdjacentShardToMerge!:ShardId StreamARN:StreamARN StreamId:StreamId
MetricsName enum IncomingBytes|IncomingRecords|OutgoingBytes|OutgoingRecords|WriteProvisionedThroughputExceeded|ReadProvisionedThroughputExceeded|IteratorAgeMilliseconds|ALL
MetricsNameList list 1..7 MetricsName
MinimumThroughputBillingCommitmentInput struct Status!:MinimumThroughputBillingCommitmentInputStatus
MinimumThroughputBillingCommitmentInputStatus enum ENABLED|DISABLED
NaturalIntegerObject integer 0..
NextToken string 1..1048576
PartitionField struct Transform!:PartitionTransform SourceName!:PartitionSourceName
PartitionFieldList list 1..10 PartitionField
PartitionKey string 1..256
PartitionSourceName string 1..255 /[a-zA-Z0-9\.\_]+/
PartitionSpec struct PartitionFields!:PartitionFieldList
PartitionTransform enum TIME_HOUR
Policy string
PositiveIntegerObject integer 1..
PutRecordInput struct StreamName:StreamName Data!:Data PartitionKey:PartitionKey ExplicitHashKey:HashKey SequenceNumberForOrdering:SequenceNumber StreamARN:StreamARN StreamId:StreamId DryRun:BooleanObject
PutRecordsInput struct Records!:PutRecordsRequestEntryList StreamName:StreamName StreamARN:StreamARN StreamId:StreamId DryRun:BooleanObject
PutRecordsRequestEntry struct Data!:Data ExplicitHashKey:HashKey PartitionKey:PartitionKey
PutRecordsRequestEntryList list 1..500 PutRecordsRequestEntry
PutResourcePolicyInput struct ResourceARN!:ResourceARN StreamId:StreamId Policy!:Policy
RecordConfiguration struct RecordFormatType!:RecordFormatType GSRSchemaARN:GSRSchemaARN
RecordDistributionStrategy enum AUTO|USER_PARTITION_KEY
RecordFormatType enum GSR_JSON|JSON|STRING|BYTE_ARRAY
RegisterStreamConsumerInput struct StreamARN!:StreamARN ConsumerName!:ConsumerName StreamId:StreamId Tags:TagMap
RemoveTagsFromStreamInput struct StreamName:StreamName TagKeys!:TagKeyList StreamARN:StreamARN StreamId:StreamId
ResourceARN string 1..2048 /arn:aws.*:kinesis:.*:\d{12}:.*(stream|channel)/\S+/
RetentionPeriodHours integer
RoleARN string 1..512 /arn:aws[-a-z0-9]*:iam::\d{12}:role/[a-zA-Z_0-9+=,.@\-_/]+/
S3CompressionType enum NONE|GZIP|ZSTD
S3DestinationConfiguration struct DataFreshnessInSeconds:DataFreshnessInSeconds DeadLetterQueueS3Configuration:DeadLetterQueueS3Configuration StorageConfiguration!:S3StorageConfiguration
S3DestinationUpdateInput struct DataFreshnessInSeconds!:DataFreshnessInSeconds
S3ErrorOutputPrefix string 1..512 /[0-9A-Za-z!\-_'.*()\/]+/
S3OutputKeyTemplate string 1..1024 /[0-9A-Za-z!\-_'.*()\/=:{}]+/
S3StorageClass enum STANDARD|INTELLIGENT_TIERING|GLACIER_IR
S3StorageConfiguration struct BucketARN!:BucketARN ExpectedBucketOwner!:ExpectedBucketOwner OutputKeyTemplate:S3OutputKeyTemplate StorageClass:S3StorageClass CompressionType!:S3CompressionType
S3TablesCompressionType enum NONE|ZSTD|SNAPPY
S3TablesConfiguration struct TableBucketARN!:TableBucketARN Namespace!:S3TablesNamespace TableName!:S3TablesTableName CompressionType!:S3TablesCompressionType PartitionSpec:PartitionSpec
S3TablesConfigurationList list 1..10000 S3TablesConfiguration
S3TablesDestinationConfiguration struct DataFreshnessInSeconds:DataFreshnessInSeconds DeadLetterQueueS3Configuration!:DeadLetterQueueS3Configuration S3TablesConfigurationList!:S3TablesConfigurationList
S3TablesDestinationUpdateInput struct DataFreshnessInSeconds!:DataFreshnessInSeconds
S3TablesNamespace string 1..255 /[0-9a-z_]+/
S3TablesTableName string 1..255 /[0-9a-z_]+/
ScalingType enum UNIFORM_SCALING
SequenceNumber string /^(0|([1-9]\d{0,128}))$/
ShardFilter struct Type!:ShardFilterType ShardId:ShardId Timestamp:Timestamp
ShardFilterType enum AFTER_SHARD_ID|AT_TRIM_HORIZON|FROM_TRIM_HORIZON|AT_LATEST|AT_TIMESTAMP|FROM_TIMESTAMP
ShardId string 1..128 /[a-zA-Z0-9_.-]+/
ShardIterator string 1..512
ShardIteratorType enum AT_SEQUENCE_NUMBER|AFTER_SEQUENCE_NUMBER|TRIM_HORIZON|LATEST|AT_TIMESTAMP
SplitShardInput struct StreamName:StreamName ShardToSplit!:ShardId NewStartingHashKey!:HashKey StreamARN:StreamARN StreamId:StreamId
StartStreamEncryptionInput struct StreamName:StreamName EncryptionType!:EncryptionType KeyId!:KeyId StreamARN:StreamARN StreamId:StreamId
StartingPosition struct Type!:ShardIteratorType SequenceNumber:SequenceNumber Timestamp:Timestamp
StopStreamEncryptionInput struct StreamName:StreamName EncryptionType!:EncryptionType KeyId!:KeyId StreamARN:StreamARN StreamId:StreamId
StreamARN string 1..2048 /arn:aws.*:kinesis:.*:\d{12}:stream/\S+/
StreamFilter struct StreamARN!:StreamARN StreamCreationTimestamp:Timestamp
StreamFilterList list 1..10000 StreamFilter
StreamId string 1..24 /[a-z0-9]{20}-[a-z0-9]{3}/
StreamMode enum PROVISIONED|ON_DEMAND
StreamModeDetails struct StreamMode!:StreamMode
StreamName string 1..128 /[a-zA-Z0-9_.-]+/
SubscribeToShardInput struct ConsumerARN!:ConsumerARN StreamId:StreamId ShardId!:ShardId StartingPosition!:StartingPosition DryRun:BooleanObject
TableBucketARN string 1..2048 /arn:aws[-a-z0-9]*:s3tables:[-a-z0-9]+:\d{12}:bucket/[a-z0-9_-]{3,63}/
TagKey string 1..128
TagKeyList list 1..50 TagKey
TagMap map 1..200 TagKey TagValue
TagResourceInput struct Tags!:TagMap ResourceARN!:ResourceARN StreamId:StreamId
TagValue string 0..256
Timestamp timestamp
UntagResourceInput struct TagKeys!:TagKeyList ResourceARN!:ResourceARN StreamId:StreamId
UpdateAccountSettingsInput struct MinimumThroughputBillingCommitment!:MinimumThroughputBillingCommitmentInput
UpdateChannelInput struct ChannelARN!:ChannelARN S3DestinationConfiguration:S3DestinationUpdateInput S3TablesDestinationConfiguration:S3TablesDestinationUpdateInput LoggingConfiguration:ChannelLoggingUpdateInput
UpdateMaxRecordSizeInput struct StreamARN:StreamARN StreamId:StreamId MaxRecordSizeInKiB!:MaxRecordSizeInKiB
UpdateShardCountInput struct StreamName:StreamName TargetShardCount!:PositiveIntegerObject ScalingType!:ScalingType StreamARN:StreamARN StreamId:StreamId
UpdateStreamModeInput struct StreamARN!:StreamARN StreamId:StreamId StreamModeDetails!:StreamModeDetails WarmThroughputMiBps:NaturalIntegerObject
UpdateStreamRecordDistributionStrategyInput struct StreamARN!:StreamARN StreamId:StreamId RecordDistributionStrategy!:RecordDistributionStrategy
UpdateStreamWarmThroughputInput struct StreamARN:StreamARN StreamName:StreamName StreamId:StreamId WarmThroughputMiBps!:NaturalIntegerObject
`
