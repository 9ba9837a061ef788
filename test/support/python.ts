/** A Python that has awscli, boto3 and moto (test/clients/requirements.txt), or undefined: then suites that need it are skipped. */
export const PYTHON: string | undefined = process.env.SHARDSCOPE_PYTHON
