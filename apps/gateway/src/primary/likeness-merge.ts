import type { AnswerLikeness, EnvelopeBody, ServiceLikeness } from '@seawall/contract';
import { addAnswers } from '@seawall/likeness';

/** What the workers saw since the last envelope, joined by service. */
export class LikenessMerge {
  readonly #services = new Map<string, ServiceLikeness>();

  add(service: string, answers: readonly AnswerLikeness[]): void {
    const known = this.#services.get(service)?.answers ?? [];
    this.#services.set(service, { service, answers: addAnswers(known, answers) });
  }

  /** One envelope body a service; then it begins anew: the server merges. */
  take(): readonly EnvelopeBody[] {
    const bodies = [...this.#services.values()].map((likeness) => ({ kind: 'likeness' as const, likeness }));
    this.#services.clear();
    return bodies;
  }
}
