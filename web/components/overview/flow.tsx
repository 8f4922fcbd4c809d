import type { ReactNode } from 'react';
import type { FlowFigures } from '../../lib/flow-figures';
import { cx } from '../ui/cx';

const WIDE = 'flow-wide-head';
const TALL = 'flow-tall-head';
const TITLE =
  'Data flow from the sources through the worker, scheduled by Temporal, into PostgreSQL, the REST API and this page';

interface BoxProps {
  x: number;
  y: number;
  width: number;
  height: number;
  name: string;
  lines?: string[];
  /** Nested in another box. */
  inner?: boolean;
  children?: ReactNode;
}

function Box({ x, y, width, height, name, lines = [], inner, children }: BoxProps) {
  return (
    <g transform={`translate(${x} ${y})`}>
      <rect
        x=".5"
        y=".5"
        width={width - 1}
        height={height - 1}
        rx="2"
        className={cx(inner ? 'fill-bg' : 'fill-raised', 'stroke-rule-strong')}
      />
      <text x="12" y="21" fontSize="13" fontWeight="600" className="fill-ink">
        {name}
      </text>
      {lines.map((line, i) => (
        <text key={i} x="12" y={39 + i * 16} fontSize="12" className="fill-ink-2">
          {line}
        </text>
      ))}
      {children}
    </g>
  );
}

/** The schedules and their next fires, as lines of a box. */
function Schedules({ schedules, right }: { schedules: FlowFigures['schedules']; right: number }) {
  return schedules.map(([pipeline, next], i) => (
    <g key={pipeline} fontSize="12">
      <text x="12" y={39 + i * 16} className="fill-ink-2">
        {pipeline}
      </text>
      <text x={right} y={39 + i * 16} textAnchor="end" className="fill-ink-2">
        {next}
      </text>
    </g>
  ));
}

/** @param head id of the arrow head: each picture has its own, as a hidden one cannot be referenced */
const Arrow = ({ d, head }: { d: string; head: string }) => (
  <path d={d} fill="none" className="stroke-ink-3" strokeWidth="1.25" markerEnd={`url(#${head})`} />
);

const Caption = ({ x, y, anchor, children }: { x: number; y: number; anchor?: 'middle' | 'end'; children: string }) => (
  <text x={x} y={y} fontSize="11" textAnchor={anchor} className="fill-ink-3">
    {children}
  </text>
);

const Head = ({ id }: { id: string }) => (
  <defs>
    <marker id={id} viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">
      <path d="M0 .5 7.5 4 0 7.5z" className="fill-ink-3" />
    </marker>
  </defs>
);

/** From left to right, for wide screens. */
export function FlowWide({ figures: { sources, schedules, steps, stored, api } }: { figures: FlowFigures }) {
  return (
    <svg viewBox="0 0 1392 300" role="img" aria-label={TITLE} className="hidden w-full xl:block">
      <Head id={WIDE} />
      {sources.map(({ name, lines }, i) => (
        <Box key={name} x={0} y={144 + i * 82} width={180} height={66} name={name} lines={lines} />
      ))}
      <Box x={312} y={0} width={468} height={120} name="Temporal">
        <Schedules schedules={schedules} right={456} />
        <Caption x={456} y={21} anchor="end">
          next fire in
        </Caption>
      </Box>
      <Box x={312} y={160} width={468} height={124} name="Worker">
        {steps.map(({ name, line }, i) => (
          <Box key={name} x={STEPS[i]!.x} y={42} width={STEPS[i]!.width} height={54} inner name={name} lines={[line]} />
        ))}
        <Arrow head={WIDE} d="M132 69h12" />
        <Arrow head={WIDE} d="M260 69h12" />
        <Caption x={456} y={21} anchor="end">
          retries of later steps never re-fetch
        </Caption>
      </Box>
      <Box x={916} y={189} width={176} height={66} name="PostgreSQL" lines={[stored, 'coverage, revisions, runs']} />
      <Box x={1174} y={144} width={218} height={66} name="REST API" lines={[api, 'JSON, CSV, NDJSON, stream']} />
      <Box x={1174} y={234} width={218} height={50} name="This page" lines={['reads only from the API']} />
      <Arrow head={WIDE} d="M180 177h64v26h68" />
      <Arrow head={WIDE} d="M180 259h64v-26h68" />
      <Caption x={252} y={195}>
        payloads
      </Caption>
      <Arrow head={WIDE} d="M546 120v40" />
      <Caption x={554} y={144}>
        starts each run
      </Caption>
      <Arrow head={WIDE} d="M780 222h136" />
      <Caption x={848} y={214} anchor="middle">
        final bars only
      </Caption>
      <Arrow head={WIDE} d="M1092 222h41v-45h41" />
      <Arrow head={WIDE} d="M1283 210v24" />
    </svg>
  );
}

const STEPS = [
  { x: 12, width: 120 },
  { x: 144, width: 116 },
  { x: 272, width: 184 },
];

/** From top to bottom, for phones and narrow windows. */
export function FlowTall({ figures: { sources, schedules, steps, stored, api } }: { figures: FlowFigures }) {
  return (
    <svg viewBox="0 0 358 476" role="img" aria-label={TITLE} className="w-full max-w-xl xl:hidden">
      <Head id={TALL} />
      {sources.map(({ name, lines }, i) => (
        <Box key={name} x={0} y={i * 76} width={150} height={66} name={name} lines={lines} />
      ))}
      <Box x={182} y={0} width={176} height={142} name="Temporal">
        <Schedules schedules={schedules} right={164} />
        <Caption x={12} y={124}>
          time to next fire
        </Caption>
      </Box>
      <Arrow head={TALL} d="M75 142v32" />
      <Arrow head={TALL} d="M270 142v32" />
      <Box x={0} y={174} width={358} height={146} name="Worker">
        {steps.map(({ name, line }, i) => (
          <Box key={name} x={TALL_STEPS[i]!.x} y={34} width={TALL_STEPS[i]!.width} height={100} inner name={name}>
            {line.split(/(?<=,) | (?=rows|rejected)/).map((part, row) => (
              <text key={row} x="12" y={41 + row * 17} fontSize="12" className="fill-ink-2">
                {part}
              </text>
            ))}
          </Box>
        ))}
        <Arrow head={TALL} d="M106 84h12" />
        <Arrow head={TALL} d="M212 84h12" />
      </Box>
      <Arrow head={TALL} d="M179 320v30" />
      <Caption x={187} y={339}>
        final bars only
      </Caption>
      <Box x={0} y={350} width={358} height={50} name="PostgreSQL" lines={[`${stored}, coverage and revisions`]} />
      <Arrow head={TALL} d="M75 400v26" />
      <Box x={0} y={426} width={166} height={50} name="REST API" lines={[api]} />
      <Arrow head={TALL} d="M166 451h26" />
      <Box x={192} y={426} width={166} height={50} name="This page" lines={['reads only from the API']} />
    </svg>
  );
}

const TALL_STEPS = [
  { x: 10, width: 96 },
  { x: 118, width: 94 },
  { x: 224, width: 124 },
];
