# The two example systems: the pinned Node and their sources, nothing else. Used by `npm start -- --docker`, which makes the
# context: bin/node and examples/.
ARG BASE=docker.io/library/debian:bookworm-slim
FROM ${BASE}
COPY bin/node /usr/local/bin/node
COPY examples /opt/examples
USER 10001:10001
ENTRYPOINT ["node", "--disable-warning=ExperimentalWarning"]
