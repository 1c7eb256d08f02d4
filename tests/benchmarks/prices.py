"""What AWS asks for, in dollars: us-east-1, on demand, without free tiers and discounts.

The list prices of 2025, from memory of these pages; look there before you rely on them:
https://aws.amazon.com/ses/pricing/
https://aws.amazon.com/dynamodb/pricing/on-demand/
https://aws.amazon.com/lambda/pricing/
https://aws.amazon.com/sqs/pricing/
https://aws.amazon.com/sns/pricing/
"""

from typing import Final

_MILLION: Final = 1_000_000

MAIL: Final = 100 / _MILLION
WRITE_UNIT: Final = 0.625 / _MILLION
READ_UNIT: Final = 0.125 / _MILLION
LAMBDA_REQUEST: Final = 0.20 / _MILLION
LAMBDA_GB_S: Final = 0.0000166667
SQS_REQUEST: Final = 0.40 / _MILLION
SNS_REQUEST: Final = 0.50 / _MILLION

# Not prices, but what turns calls into Lambda's seconds: usual round trips inside a region.
DYNAMODB_CALL_S: Final = 0.006
SES_CALL_S: Final = 0.15
LAMBDA_GB: Final = 0.5
