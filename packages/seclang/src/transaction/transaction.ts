import type {
  ConnectionFacts,
  Decision,
  Environment,
  Outcome,
  RequestHead,
  ResponseHead,
  Transaction,
} from '../api.ts';
import type { Program } from '../compile/program.ts';
import { runPhase } from '../plan/run-phase.ts';
import type { Plan } from '../plan/plan.ts';
import { isAudited } from './audit.ts';
import { Run } from './run.ts';
import { scoresOf } from './scores.ts';
import { tellRequestBody, tellResponseBody } from './tell-body.ts';

/** One message exchange. The caller feeds it phase by phase; nothing but the arguments decides the answers. */
export class RuleTransaction implements Transaction {
  /** Of the engine itself: `explain` takes rules away before it begins. */
  readonly run: Run;

  constructor(program: Program, facts: ConnectionFacts, environment: Environment, plan?: Plan) {
    this.run = new Run(program, facts, environment);
    if (plan !== undefined && environment.reference !== true && environment.observer === undefined)
      this.run.follow(plan);
  }

  get failures(): Outcome['failures'] {
    return this.run.failures;
  }

  requestHead(head: RequestHead): Decision {
    this.run.forget();
    this.run.request.setHead(head, this.run.program.settings);
    return this.phase(1);
  }

  requestBody(body: string, complete: boolean): Decision {
    this.run.forget();
    this.run.spend(body.length);
    this.run.request.setBody(body, complete, this.run.program.settings);
    tellRequestBody(this.run);
    return this.phase(2);
  }

  responseHead(head: ResponseHead): Decision {
    this.run.forget();
    this.run.response.setHead(head);
    return this.phase(3);
  }

  responseBody(body: string, complete: boolean): Decision {
    this.run.forget();
    this.run.spend(body.length);
    this.run.response.setBody(body, complete, this.run.program.settings);
    tellResponseBody(this.run);
    return this.phase(4);
  }

  message(text: string, direction: 'request' | 'response'): Decision {
    this.run.forget();
    this.run.spend(text.length);
    if (direction === 'request') {
      this.run.request.setMessage(text, this.run.program.settings);
      return this.phase(2);
    }
    this.run.response.setMessage(text);
    return this.phase(4);
  }

  log(): Outcome {
    this.run.forget();
    runPhase(this.run, 5);
    const { matches, decision, failures, workUsed, persistent } = this.run;
    const audited = isAudited(this.run);
    return {
      matches,
      ...scoresOf(this.run),
      decision,
      collectionChanges: persistent.changes,
      failures,
      workUsed,
      audited,
    };
  }

  private phase(phase: 1 | 2 | 3 | 4): Decision {
    runPhase(this.run, phase);
    return this.run.decision;
  }
}
