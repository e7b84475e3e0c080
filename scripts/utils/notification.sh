#!/usr/bin/env bash
# Tells people something, by Slack and e-mail: `lockgate notify` with the words of a workflow.
#
# Usage: notification.sh [--dry-run]
#
#   SUBJECT (needed), EVENT (failure), STACK, RUN_URL, DETAIL
#   SLACK_WEBHOOK_URL; SMTP_URL, EMAIL_FROM, EMAIL_TO, SMTP_USER, SMTP_PASSWORD; EMAIL_NOTIFICATIONS_ENABLED
#   METRICS_EXPORT_ENABLED is read by nothing here: metrics are made from the run itself.
#
# Exit codes: 0 told, or nobody is to be told; 1 a channel failed; 2 called wrongly.
set -euo pipefail
# shellcheck source=scripts/utils/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

options "$@"
[ ${#ARGUMENTS[@]} -eq 0 ] || misused "${ARGUMENTS[0]}: takes no arguments"
need SUBJECT
prepared
more=()
if [ -n "${STACK:-}" ]; then more+=(--stack "$STACK"); fi
if [ "$DRY_RUN" = true ]; then more+=(--dry-run); fi
lockgate notify --event "${EVENT:-failure}" --subject "$SUBJECT" --url "${RUN_URL:-}" --detail "${DETAIL:-}" "${more[@]}"
