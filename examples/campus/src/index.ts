/** The campus' parts that others may use; its processes are records.ts, grader.ts and web.ts. */
export type { CampusRecords, Course, Grade, Grader, Lesson, Post, Task, User } from './records-api.ts';
