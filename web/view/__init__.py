"""What a page says, before any template: pure, from records to views."""
