/** What a test may watch: characters and tokens looked at, over all contexts. */
export interface Effort {
  steps: number;
}
