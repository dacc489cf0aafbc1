"""What waits for the administration."""

from django import template

from directory.models import Report

register = template.Library()


@register.simple_tag
def waiting_reports() -> int:
    return Report.objects.filter(handled_at=None).count()
