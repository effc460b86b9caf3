import pulumi
import pulumi_aws as aws

config = pulumi.Config()
owner = config.require("owner")
tags = {"owner": owner} if owner else None

bucket = aws.s3.Bucket("files", bucket=config.require("bucket"), tags=tags)

image = aws.ssm.get_parameter_output(name="/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-arm64")
aws.ec2.Instance("web", ami=image.value, instance_type=config.require("instanceType"), tags=tags)

pulumi.export("files", bucket.bucket)
