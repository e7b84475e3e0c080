{{- define "labels" -}}
app.kubernetes.io/name: {{ . }}
{{- end -}}

{{- define "revision" -}}
lockgate.dev/release: {{ .revision | quote }}
{{- end -}}

{{- /* Pulumi does not wait for it: not all that its provider takes for the end of an update is one. */ -}}
{{- define "unawaited" -}}
pulumi.com/skipAwait: "true"
{{- end -}}

{{- define "security" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities:
  drop: [ALL]
{{- end -}}

{{- /* One that waits for its database's migration must be reachable: a person starts that, at /setup. */ -}}
{{- define "answers" -}}
curl -sf -m 4 http://127.0.0.1:9000/api/system/status | grep -Eq '"status":"(UP|DB_MIGRATION_[A-Z]+)"'
{{- end -}}

{{- /* The passcode goes in by standard input: everybody on the node can read arguments. */ -}}
{{- define "lives" -}}
echo "header = \"X-Sonar-Passcode: $SONAR_WEB_SYSTEMPASSCODE\"" | curl -sf -m 9 -o /dev/null -K - http://127.0.0.1:9000/api/system/liveness
{{- end -}}
