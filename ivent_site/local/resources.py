"""Everything the laptop needs on its local AWS; making what exists already is no error.

On AWS, Terraform makes the same.
"""

import json

from django.conf import settings

from ivent_site.dynamodb.tables import create_missing_tables
from ivent_site.local.clients import client

MAX_RECEIVES = 5
# Queue → visibility time-out. Feedback that a killed worker held must be back before
# UNKNOWN_WAIT_S is over, or a send that it proves would be repeated.
QUEUES = {"fanout": 60, "requests": 30, "feedback": 10, "stream-failures": 60}


def create_resources() -> None:
    """Create the tables, the topics, the queues with their dead-letter queues, the SES identity."""
    create_missing_tables()
    _create_queues()
    _create_topics()
    _create_ses()


def _create_queues() -> None:
    sqs = client("sqs")
    for name, visibility_timeout_s in QUEUES.items():
        full_name = f"{settings.RESOURCE_PREFIX}-{name}"
        dead = sqs.create_queue(QueueName=f"{full_name}-dead")["QueueUrl"]
        dead_arn = sqs.get_queue_attributes(QueueUrl=dead, AttributeNames=["QueueArn"])
        redrive = {
            "deadLetterTargetArn": dead_arn["Attributes"]["QueueArn"],
            "maxReceiveCount": MAX_RECEIVES,
        }
        sqs.create_queue(
            QueueName=full_name,
            Attributes={
                "VisibilityTimeout": str(visibility_timeout_s),
                "RedrivePolicy": json.dumps(redrive),
            },
        )


def _create_topics() -> None:
    sns = client("sns")
    sns.create_topic(Name=f"{settings.RESOURCE_PREFIX}-events")
    feedback = sns.create_topic(Name=f"{settings.RESOURCE_PREFIX}-feedback")["TopicArn"]
    account = feedback.split(":")[4]
    queue = f"arn:aws:sqs:{settings.AWS_REGION}:{account}:{settings.RESOURCE_PREFIX}-feedback"
    sns.subscribe(TopicArn=feedback, Protocol="sqs", Endpoint=queue)


def _create_ses() -> None:
    ses = client("ses")
    ses.verify_email_identity(EmailAddress=settings.SENDER_EMAIL)
    feedback = f"arn:aws:sns:{settings.AWS_REGION}:000000000000:{settings.RESOURCE_PREFIX}-feedback"
    for kind in ("Bounce", "Complaint"):
        ses.set_identity_notification_topic(
            Identity=settings.SENDER_EMAIL, NotificationType=kind, SnsTopic=feedback
        )
