#!/usr/bin/env bash
# Terraform on the environment's state, which the pipeline's variables name.
set -euo pipefail
terraform -chdir="terraform/envs/${IVENT_ENV}" init -input=false -no-color -lockfile=readonly \
    -backend-config="bucket=${STATE_BUCKET}" -backend-config="region=${STATE_REGION}"
