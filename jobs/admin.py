"""Works are followed on the page of works. The administration that the queue's library brings is left out:
its inline styles are what the policy of the site refuses."""

from django.contrib import admin
from procrastinate.contrib.django.models import ProcrastinateJob

admin.site.unregister(ProcrastinateJob)
