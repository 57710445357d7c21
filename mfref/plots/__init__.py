"""The pictures of the course: one module a lesson, one look for all. Every picture has alt text."""
