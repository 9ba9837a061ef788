/**
 * Shapes and constraints of the inputs, in the notation of the engine's own table (engine/input-shapes.ts), from the
 * CloudWatch service model 2010-08-01 as botocore ships it. Members that an operation requires are checked by the
 * operation itself, because the service words and names that refusal differently from one operation to the other.
 */
export const CLOUDWATCH_SHAPES = `
AccountId string 1..255
Boolean boolean
Dimension struct Name!:DimensionName Value!:DimensionValue
DimensionFilter struct Name!:DimensionName Value:DimensionValue
DimensionFilters list ..10 DimensionFilter
DimensionName string 1..255
DimensionValue string 1..1024
Dimensions list ..30 Dimension
ExtendedStatistics list 1..10 Text
GetMetricDataInput struct MetricDataQueries:MetricDataQueries StartTime:Timestamp EndTime:Timestamp NextToken:Text ScanBy:ScanBy MaxDatapoints:Integer LabelOptions:LabelOptions
GetMetricStatisticsInput struct Namespace:Namespace MetricName:MetricName Dimensions:Dimensions StartTime:Timestamp EndTime:Timestamp Period:Period Statistics:Statistics ExtendedStatistics:ExtendedStatistics Unit:StandardUnit
Integer integer
LabelOptions struct Timezone:Text
ListMetricsInput struct Namespace:Namespace MetricName:MetricName Dimensions:DimensionFilters NextToken:Text RecentlyActive:RecentlyActive IncludeLinkedAccounts:Boolean OwningAccount:AccountId
Metric struct Namespace:Namespace MetricName:MetricName Dimensions:Dimensions
MetricDataQueries list .. MetricDataQuery
MetricDataQuery struct Id!:MetricId MetricStat:MetricStat Expression:MetricExpression Label:Text ReturnData:Boolean Period:Period AccountId:AccountId
MetricExpression string 1..2048
MetricId string 1..255
MetricName string 1..255
MetricStat struct Metric!:Metric Period!:Period Stat!:Text Unit:StandardUnit
Namespace string 1..255 /[^:].*/
Period integer 1..
RecentlyActive enum PT3H
ScanBy enum TimestampDescending|TimestampAscending
StandardUnit enum Seconds|Microseconds|Milliseconds|Bytes|Kilobytes|Megabytes|Gigabytes|Terabytes|Bits|Kilobits|Megabits|Gigabits|Terabits|Percent|Count|Bytes/Second|Kilobytes/Second|Megabytes/Second|Gigabytes/Second|Terabytes/Second|Bits/Second|Kilobits/Second|Megabits/Second|Gigabits/Second|Terabits/Second|Count/Second|None
Statistic enum SampleCount|Average|Sum|Minimum|Maximum
Statistics list 1..5 Statistic
Text string
Timestamp timestamp
`

export type Dimension = { Name: string; Value: string }

/** Inputs once they have passed the table above. Times are epoch milliseconds. */
export type GetMetricStatisticsInput = {
  Namespace?: string
  MetricName?: string
  Dimensions?: Dimension[]
  StartTime?: number
  EndTime?: number
  Period?: number
  Statistics?: string[]
  ExtendedStatistics?: string[]
  Unit?: string
}

export type MetricStat = {
  Metric: { Namespace?: string; MetricName?: string; Dimensions?: Dimension[] }
  Period: number
  Stat: string
  Unit?: string
}

export type MetricDataQuery = {
  Id: string
  MetricStat?: MetricStat
  Expression?: string
  Label?: string
  ReturnData?: boolean
  Period?: number
  AccountId?: string
}

export type GetMetricDataInput = {
  MetricDataQueries?: MetricDataQuery[]
  StartTime?: number
  EndTime?: number
  NextToken?: string
  ScanBy?: 'TimestampDescending' | 'TimestampAscending'
  MaxDatapoints?: number
  LabelOptions?: { Timezone?: string }
}

export type ListMetricsInput = {
  Namespace?: string
  MetricName?: string
  Dimensions?: { Name: string; Value?: string }[]
  NextToken?: string
  RecentlyActive?: 'PT3H'
  IncludeLinkedAccounts?: boolean
  OwningAccount?: string
}
