"""Channels that notices go out by: one a file, each passing one contract test."""

from alerts.notifiers.file import FileNotifier
from alerts.notifiers.mqtt import MqttNotifier, Publish, Retained
from alerts.notifiers.protocol import NoticeRefused, Notifier, NotifierUnavailable
from alerts.notifiers.webhook import WebhookNotifier, WebhookSettings

__all__ = [
    "FileNotifier",
    "MqttNotifier",
    "NoticeRefused",
    "Notifier",
    "NotifierUnavailable",
    "Publish",
    "Retained",
    "WebhookNotifier",
    "WebhookSettings",
]
