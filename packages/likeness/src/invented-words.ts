// Raw material of made-up answers. Nothing here was taken from anywhere: common names and everyday sentences.

const list = (text: string): readonly string[] => text.trim().split(/\s+/);
const lines = (text: string): readonly string[] =>
  text
    .trim()
    .split('\n')
    .map((line) => line.trim());

export const FIRST_NAMES =
  list(`Maria Jonas Helen Victor Nadia Oscar Irene Samuel Clara Felix Joan Peter Lucia Martin Sofia Hugo
  Vera Daniel Ruth Simon Greta Adrian Paula Edgar Nora Leon Amelia Conrad Judith Marcus Elsa Roland Miriam Arthur Teresa Gregor`);
export const LAST_NAMES =
  list(`Keller Morgan Lindqvist Okafor Brandt Novak Hughes Moreau Silva Petrov Castell Meyer Harris Ionescu
  Larsen Duarte Fischer Walsh Romano Ekberg Tanaka Weber Doyle Santos Kowal Barnes Hoffman Iversen Quinn Ferrari`);
export const CHINESE_SURNAMES = [...'陈林黄周吴徐孙朱高何郭罗梁宋郑谢韩唐冯董'];
export const CHINESE_GIVEN = [...'明华丽伟芳静强磊洋艳勇军杰娟涛超霞平刚桂英敏慧宇晨欣'];

export const WORDS =
  list(`harbor meadow lantern copper orchard summit willow canyon ember granite juniper marble northern
  pebble quartz river saffron timber violet winter amber breeze cedar delta falcon garden hazel island jasper kettle`);

export const TITLES = lines(`
  Weekend hiking plans
  Introduction to statistics
  Reading list for autumn
  Garden club
  Photography basics
  Project kick-off
  Linear algebra, second part
  Office hours and questions
  Lunch on Friday
  World history in maps
  Team retrospective
  Writing better essays`);

export const SENTENCES = lines(`
  Thanks, I will look at it tomorrow morning.
  Can we move the meeting to three o'clock?
  The second chapter was harder than I expected.
  I have uploaded the new version, please check it.
  Does anybody still have the notes from last week?
  See you all on Thursday then.
  That worked for me after a restart.
  I agree, the shorter title reads better.
  Please remember to send the form before Monday.
  Great photos! Where were they taken?
  The room has changed, we meet on the second floor.
  I could not find the page that you mentioned.
  Happy to help if you get stuck with the exercise.
  Let me know when you have had time to read it.
  We are still waiting for two answers.
  The train was late again, start without me.`);

export const CHINESE_SENTENCES = lines(`
  好的，我明天早上再看一下。
  会议可以改到下午三点吗？
  第二章比我想的要难一些。
  新的版本已经上传了，请查看。
  谁还有上周的笔记？
  那我们星期四见。
  重新启动以后就好了。
  请在星期一之前交表格。
  照片拍得真好，在哪里拍的？
  教室换了，改到二楼。
  我没有找到你说的那一页。
  练习有问题可以问我。`);

export const CHINESE_TITLES = lines(`
  统计学入门
  秋季阅读书单
  摄影基础
  线性代数（二）
  周末爬山计划
  写作课讨论
  项目启动
  答疑时间`);
