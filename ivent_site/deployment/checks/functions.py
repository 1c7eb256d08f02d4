"""The two functions, and what calls them."""

from collections.abc import Iterator
from typing import Any, Final

from ivent_site.deployment.checks import Finding
from ivent_site.deployment.clients import client
from ivent_site.deployment.outputs import Function, Outputs

# The placeholder that Terraform makes a function from is far smaller, any package far larger.
_CODE_MIN_BYTES: Final = 1_000_000
_APPLY: Final = "`terraform apply`: somebody has changed it by hand."


def functions(outputs: Outputs) -> Iterator[Finding]:
    """Each runs our code, at the size that Terraform gives it."""
    for function in (outputs.web, outputs.worker):
        seen = client("lambda").get_function_configuration(FunctionName=function.function_name)
        yield Finding(
            about=f"{function.function_name}: code",
            good=seen["CodeSize"] > _CODE_MIN_BYTES
            and seen.get("LastUpdateStatus", "Successful") == "Successful",
            seen=f"{seen['CodeSize']:,} bytes, {seen.get('LastUpdateStatus', 'Successful')}",
            advice="`make deploy` again: the code has not arrived.",
        )
        yield Finding(
            about=f"{function.function_name}: size",
            good=_is_sized(seen, function),
            seen=f"{seen['MemorySize']} MB, {seen['Timeout']} s",
            advice=_APPLY,
        )


def _is_sized(seen: dict[str, Any], function: Function) -> bool:
    return (seen["MemorySize"], seen["Timeout"]) == (function.memory_size, function.timeout_seconds)


def mappings(outputs: Outputs) -> Iterator[Finding]:
    """Each source wakes the worker, with the options that keep its records safe."""
    listed = client("lambda").list_event_source_mappings(FunctionName=outputs.worker.function_name)[
        "EventSourceMappings"
    ]
    by_arn = {each["EventSourceArn"]: each for each in listed}
    for source, arn in outputs.events.items():
        mapping = by_arn.get(arn)
        missing = ["no mapping"] if mapping is None else mapping_faults(source, mapping)
        yield Finding(
            about=f"{source} → {outputs.worker.function_name}",
            good=not missing,
            seen=", ".join(missing) or "enabled",
            advice=_APPLY,
        )


def mapping_faults(source: str, mapping: dict[str, Any]) -> list[str]:
    """What a mapping lacks of what the handlers count on."""
    wanted = {
        "is enabled": mapping["State"] in {"Enabled", "Enabling", "Creating", "Updating"},
        "partial failures": "ReportBatchItemFailures" in mapping.get("FunctionResponseTypes", []),
    }
    if source == "stream":
        wanted |= {
            "bisecting": bool(mapping.get("BisectBatchOnFunctionError")),
            "a retry limit": mapping.get("MaximumRetryAttempts", -1) >= 0,
            "an age limit": mapping.get("MaximumRecordAgeInSeconds", -1) > 0,
            "a queue for failures": bool(
                mapping.get("DestinationConfig", {}).get("OnFailure", {}).get("Destination")
            ),
            "a filter": bool(mapping.get("FilterCriteria", {}).get("Filters")),
        }
    if source == "fanout":
        limit = mapping.get("ScalingConfig", {}).get("MaximumConcurrency")
        wanted["a concurrency limit"] = limit is not None
    return [f"lacks: {name}" for name, there in wanted.items() if not there]


def schedule(outputs: Outputs) -> Iterator[Finding]:
    """Something wakes the worker every minute."""
    arn = client("lambda").get_function_configuration(FunctionName=outputs.worker.function_name)[
        "FunctionArn"
    ]
    names = client("events").list_rule_names_by_target(TargetArn=arn)["RuleNames"]
    states = {name: client("events").describe_rule(Name=name)["State"] for name in names}
    sweeps = [state for name, state in states.items() if name.endswith("handlers.sweep")]
    yield Finding(
        about="schedule of the sweep",
        good=sweeps == ["ENABLED"],
        seen=", ".join(sweeps) or "none",
        advice=_APPLY,
    )
