"""What watches the pipeline, as typed values: Prometheus' rules, Alertmanager's routes, Grafana's dashboards. Pure."""
