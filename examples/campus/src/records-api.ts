/** What the campus pages and the grader ask the records process. */
export interface User {
  readonly id: number;
  readonly user: string;
  readonly name: string;
  readonly about: string;
  readonly city: string;
  readonly role: string;
}

export interface Course {
  readonly id: number;
  readonly title: string;
  readonly teacher: string;
  readonly summary: string;
}

export interface Lesson {
  readonly id: number;
  readonly course: number;
  readonly title: string;
  readonly text: string;
  readonly file: string;
}

/** An exercise, or an exam when `isExam`. */
export interface Task {
  readonly id: number;
  readonly course: number;
  readonly question: string;
  readonly isExam: number;
}

export interface Grade {
  readonly task: number;
  readonly student: number;
  readonly score: number;
  readonly remark: string;
}

export interface Post {
  readonly id: number;
  readonly author: string;
  readonly text: string;
  readonly at: number;
}

export type CampusRecords = {
  signUp(ask: { user: string; password: string; name: string }): void;
  logIn(ask: { user: string; password: string }): string;
  logOut(ask: { session: string }): void;
  userOf(ask: { session: string }): User;
  /** A documented hole: whatever field is named is changed. */
  changeProfile(ask: { id: number; fields: Record<string, string> }): User;
  searchCourses(ask: { q: string }): Promise<Record<string, string | number | null>[]>;
  course(ask: { id: number }): { course: Course; lessons: Lesson[]; tasks: Task[] };
  lesson(ask: { id: number }): Lesson;
  task(ask: { id: number }): Task;
  /** For the grader alone. */
  answerKey(ask: { id: number }): string;
  keepGrade(ask: Grade): void;
  grades(ask: { student: number }): Grade[];
  posts(ask: { course: number }): Post[];
  post(ask: { course: number; author: string; text: string }): Post;
  students(ask: { course: number }): { id: number; user: string; name: string; best: number }[];
  exported(ask: { what: string }): { name: string; email: string; score: number }[];
};

export type Grader = {
  grade(ask: { task: number; student: number; answer: string }): Promise<Grade>;
};
