/** Grades exercises and exams: fetches the key, compares, and leaves the grade with the records. */
import { addressFrom, announce } from '../../ground/src/address.ts';
import { RpcClient, serveLines } from '../../ground/src/line-rpc.ts';
import { Run } from '../../ground/src/run-file.ts';
import type { CampusRecords, Grader } from './records-api.ts';

const run = Run.fromEnvironment();
const records = new RpcClient<CampusRecords>(addressFrom('CAMPUS_RECORDS', 9210), run.peerToken);

const words = (text: string): string[] => text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];

const methods: Grader = {
  async grade({ task, student, answer }) {
    const { isExam } = await records.call('task', { id: task });
    const given = words(answer);
    const isRight = given.includes(await records.call('answerKey', { id: task }));
    // An exam wants a sentence, not only the word.
    const score = isRight ? (isExam === 1 && given.length < 4 ? 70 : 100) : 20;
    const grade = { task, student, score, remark: isRight ? 'right' : 'try again' };
    await records.call('keepGrade', grade);
    return grade;
  },
};

const rpc = serveLines(addressFrom('EXAMPLE_LISTEN', 9203), run.peerToken, methods);
rpc.server.on('listening', () => announce('campus-grader', rpc.server));
