import '@xyflow/react/dist/style.css';
import dagre from '@dagrejs/dagre';
import { useComputedColorScheme } from '@mantine/core';
import { Handle, Position, ReactFlow, type Edge, type Node, type NodeProps } from '@xyflow/react';
import { Boxes, Globe, Server, ShieldHalf, Theater, Users } from 'lucide-react';
import { useMemo } from 'react';
import { formatCount } from '../show/format.ts';
import { Go, type Place } from '../show/go.tsx';
import { Card } from '../show/page.tsx';
import { Empty } from '../show/states.tsx';
import { ProtectionTag, WorkloadStateTag } from '../show/verdict.tsx';
import { useLanguage, useText } from '../text/text.ts';
import { mapOf, type MapEdge, type MapNode } from './map-model.ts';
import type { OverviewAnswer } from './overview.tsx';
import './service-map.css';

type FlowNode = Node<{ node: MapNode }, 'seawall'>;
const SIZE = { width: 134, height: 44 };
const ICONS = { source: Globe, others: Users, gateway: ShieldHalf, service: Server, instance: Boxes, decoy: Theater };
const TYPES = { seawall: MapNodeBox };

export function ServiceMap({ data }: { readonly data: OverviewAnswer }) {
  const say = useText();
  const language = useLanguage();
  const scheme = useComputedColorScheme('dark');
  const { flows, services } = data;
  const model = useMemo(() => mapOf(flows, services), [flows, services]);
  const layout = useMemo(() => placed(model.nodes, model.edges), [model]);
  const edges = useMemo(
    () => model.edges.map((edge) => drawn(edge, (value) => formatCount(value, language))),
    [model, language],
  );
  // The set of nodes decides the view; new counts on the same nodes must not move it.
  const shape = model.nodes.map(({ id }) => id).join('|');
  return (
    <Card title={say('map.title')}>
      {services.length === 0 && flows.length === 0 ? (
        <Empty title={say('map.empty')}>{say('map.emptyHelp')}</Empty>
      ) : (
        <div className="map">
          <ReactFlow
            key={shape}
            colorMode={scheme}
            nodes={layout}
            edges={edges}
            nodeTypes={TYPES}
            fitView
            fitViewOptions={{ padding: 0.06, maxZoom: 1.1 }}
            minZoom={0.25}
            nodesDraggable={false}
            nodesConnectable={false}
            nodesFocusable={false}
            edgesFocusable={false}
            elementsSelectable={false}
            zoomOnScroll={false}
            preventScrolling={false}
            proOptions={{ hideAttribution: true }}
            ariaLabelConfig={{ 'node.a11yDescription.default': say('map.title') }}
          />
        </div>
      )}
    </Card>
  );
}

function placed(nodes: readonly MapNode[], edges: readonly MapEdge[]): FlowNode[] {
  const graph = new dagre.graphlib.Graph();
  graph.setGraph({ rankdir: 'LR', nodesep: 10, ranksep: 52 });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const { id } of nodes) graph.setNode(id, { ...SIZE });
  for (const { from, to } of edges) graph.setEdge(from, to);
  dagre.layout(graph);
  return nodes.map((node) => {
    const { x, y } = graph.node(node.id);
    return {
      id: node.id,
      type: 'seawall',
      position: { x: x - SIZE.width / 2, y: y - SIZE.height / 2 },
      data: { node },
      ...SIZE,
      sourcePosition: Position.Right,
      targetPosition: Position.Left,
    };
  });
}

function drawn(edge: MapEdge, count: (value: number) => string): Edge {
  const { from, to, requests, verdict } = edge;
  return {
    id: `${from}>${to}`,
    source: from,
    target: to,
    className: `map-edge tone-${verdict}${requests === 0 ? ' quiet' : ''}`,
    style: { strokeWidth: requests === 0 ? 1 : 1.2 + Math.min(3, Math.log10(requests + 1)) },
    // Beside many sources there is room only for what was stopped; the table of traffic has every count.
    ...(requests === 0 || (from.startsWith('source ') && verdict === 'passed')
      ? {}
      : { label: verdict === 'blocked' ? `⊘ ${count(edge.blocked)}` : count(requests), labelShowBg: true }),
  };
}

function MapNodeBox({ data }: NodeProps<FlowNode>) {
  const say = useText();
  const { node } = data;
  const Icon = ICONS[node.kind];
  const label =
    node.kind === 'others'
      ? say('map.others', { sources: node.count ?? 0 })
      : node.kind === 'gateway'
        ? say('map.gateway')
        : node.kind === 'decoy'
          ? say('map.decoy')
          : node.label;
  return (
    // React Flow takes everything of class `source` or `target` within a node for a handle.
    <div className={`map-node is-${node.kind} ${node.state}`}>
      <Handle type="target" position={Position.Left} isConnectable={false} />
      <div className="row">
        <Icon size={14} aria-hidden />
        <Go {...placeOf(node)} className="cut nodrag">
          {label}
        </Go>
      </div>
      {node.kind === 'service' ? <ProtectionTag protection={node.state as never} /> : null}
      {node.kind === 'instance' ? <WorkloadStateTag state={node.state} /> : null}
      <Handle type="source" position={Position.Right} isConnectable={false} />
    </div>
  );
}

function placeOf(node: MapNode): Place {
  switch (node.kind) {
    case 'source':
      return { to: '/traffic', with: { address: node.label } };
    case 'others':
      return { to: '/traffic' };
    case 'gateway':
      return { to: '/settings', with: { tab: 'nodes' } };
    case 'service':
      return { to: '/traffic', with: { service: node.label } };
    case 'instance':
      return { to: '/workloads', with: { q: node.label } };
    case 'decoy':
      return { to: '/decoy' };
    default:
      return node.kind satisfies never;
  }
}
