/** Korean (합니다체). */
import type { Texts } from "./index.ts";

export const ko = {
  // Help
  "help.about": "TypeScript로 쓰는 PyTorch: 뉴런 하나에서 XOR까지.",
  "help.learn": "강의 전체 또는 한 단원을 실행하고 그림이 있는 보고서를 만듭니다",
  "help.repl": "torch를 불러온 대화형 프롬프트를 엽니다",
  "help.help": "명령의 도움말을 봅니다",
  "help.lesson": "{lessons} 가운데 하나. 생략하면 모두 실행합니다",
  "help.lang": "언어: {languages} (지정하지 않으면 로캘을 따름)",
  "help.version": "버전을 출력합니다",
  "help.flag": "이 도움말을 봅니다",
  "help.seed": "난수의 시작값 (기본값 {default})",
  "help.steps": "학습 단계 수 (기본값 {default})",
  "help.lr": "학습률 (기본값 {default})",
  "help.layers": "은닉층의 너비 (기본값 {default})",
  "help.activation": "은닉층의 활성화 함수 (기본값 {default})",
  "help.quiet": "결과만 출력합니다",
  "help.json": "표준 출력에 JSON 객체 하나만 출력합니다",
  "help.out": "보고서를 둘 폴더. 새 폴더이거나 비어 있어야 합니다 (runs/<단원>-<날짜>-<시각>)",
  "help.takes": "옵션은 그 옵션을 받는 모든 단원에 적용됩니다:",
  "help.takesNothing": "따로 받는 옵션이 없습니다",
  "help.activations": "활성화 함수: {activations}",
  "help.usage": "사용법:",
  "help.options": "옵션:",
  "help.globalOptions": "공통 옵션:",
  "help.commands": "명령:",
  "help.arguments": "인자:",
  "help.examples": "예:",
  "help.example.all": "강의 전체, 1초 남짓",
  "help.example.xor": "모듈로 푸는 XOR, 층은 원하는 대로",
  "help.example.json": "프로그램이 읽을 결과",
  "help.example.out": "원하는 폴더에 보고서",
  "help.example.repl": "직접 해 보기",

  // Wrong use
  "error.prefix": "xorch: {message}",
  "error.seeHelp": "{message} ({command} 참고)",
  "error.unknownOption": "알 수 없는 옵션입니다: {option}",
  "error.unknownCommand": "알 수 없는 명령입니다: {command}",
  "error.didYouMean": "{message}. 혹시 {guess}?",
  "error.missingValue": "{option} 옵션에는 값이 필요합니다",
  "error.tooMany": "인자가 너무 많습니다",
  "error.lesson": "알 수 없는 단원입니다: {lesson}. 단원은 {lessons}입니다",
  "error.language": "--lang: 알 수 없는 언어입니다: {value}. 언어는 {languages}입니다",
  "error.notTaken": "{lesson} 단원은 {option} 옵션을 받지 않습니다. 받는 옵션: {taken}",
  "error.takesNone": "{lesson} 단원은 {option} 옵션을 받지 않습니다. 학습 옵션이 없는 단원입니다",
  "error.seed": "--seed: 0부터 {max}까지의 정수여야 합니다. 받은 값: {value}",
  "error.steps": "--steps: 1부터 {max}까지의 정수여야 합니다. 받은 값: {value}",
  "error.lr": "--lr: 0보다 큰 수여야 합니다. 받은 값: {value}",
  "error.layers":
    "--layers: 10,10,10처럼 1부터 {max}까지의 정수를 {count}개까지 쉼표로 이어 써야 합니다. 받은 값: {value}",
  "error.activation":
    "--activation: 알 수 없는 활성화 함수입니다: {value}. 활성화 함수는 {activations}입니다",
  "error.outEmpty": "--out: 폴더 이름이 필요합니다",
  "error.outFile": "--out: {path}은(는) 폴더가 아닙니다",
  "error.outTaken": "--out: {path}이(가) 비어 있지 않습니다. 이전 실행 결과는 덮어쓰지 않습니다",
  "error.outParent": "--out: {path}을(를) 만들 수 없습니다. {parent}은(는) 폴더가 아닙니다",
  "error.outWrite": "--out: {path}을(를) 만들 수 없습니다. {parent}에 쓸 권한이 없습니다",
  "error.write": "보고서를 쓰지 못했습니다: {reason}",

  // Shared words
  "word.target": "정답",
  "word.output": "출력",
  "word.sum": "가중합",
  "word.weights": "가중치",
  "word.bias": "편향",
  "word.threshold": "임계값",
  "word.gate": "게이트",
  "word.step": "단계",
  "word.cost": "비용",
  "word.predicted": "예측",
  "word.correct": "맞음",
  "word.hypothesis": "가설",
  "word.accuracy": "정확도",
  "word.input1": "입력 x₁",
  "word.input2": "입력 x₂",
  "word.yes": "예",
  "word.no": "아니요",

  // Plots
  "plot.zero": "출력 0",
  "plot.one": "출력 1",
  "plot.side": "뉴런이 1을 출력하는 쪽",
  "plot.noLine": "직선 없음: 가중치가 0입니다",
  "plot.gate.title": "{gate}: 직선 하나면 됩니다",
  "plot.gate.note": "{sum} > 0인 곳에서 뉴런이 1을 출력합니다.",
  "plot.gate.description": "평면에 놓인 {gate}의 네 입력과 각각의 출력 {outputs}, 그리고 직선 {line}.",
  "plot.learned.title": "{gate}: 학습한 직선",
  "plot.learned.note":
    "{epochs}바퀴를 도는 동안 {updates}번 고쳐서 배웠습니다. 직선 위의 점에는 0을 출력합니다.",
  "plot.xor.title": "XOR: 직선 하나로는 안 됩니다",
  "plot.xor.note":
    "0끼리 이은 대각선과 1끼리 이은 대각선이 만납니다. 직선 하나가 1과 0을 양쪽으로 나눈다면, 만나는 점이 양쪽에 모두 있어야 합니다.",
  "plot.xor.description":
    "XOR의 네 입력과 각각의 출력 0, 1, 1, 0. 직선 하나로 나누어 보면 한 점이 틀립니다. 출력이 같은 점을 이은 두 대각선이 가운데에서 만납니다.",
  "plot.xor.attempt": "시도한 직선: {line}",
  "plot.xor.wrong": "틀린 점",
  "plot.xor.diagonals": "출력이 같은 점을 이은 선",
  "plot.region.title": "{network}이 배운 것",
  "plot.region.note": "XOR의 네 입력만이 아니라 평면의 모든 입력에 대한 예측입니다.",
  "plot.region.description":
    "두 입력의 평면을 신경망의 예측에 따라 칠하고, 예측이 0.5인 곡선을 그렸습니다. XOR 네 점의 정확도: {accuracy}.",
  "plot.region.boundary": "예측 0.5",
  "plot.region.shades": "0에 가까움, 1에 가까움",
  "plot.cost.title": "{network}의 비용",
  "plot.cost.all": "비용을 나란히",
  "plot.cost.description": "학습 {steps}단계 동안의 비용. {first}에서 {last}까지.",
  "plot.cost.allDescription": "{names}의 학습 단계별 비용.",
  "plot.cost.level": "ln 2 = 0.6931, 모든 입력에 0.5라고 답할 때의 비용",

  // Training
  "train.settings": "{sizes}, 학습률 {lr}, {steps}단계, 시드 {seed}",
  "train.summary": "{lesson}: {steps}단계 뒤 비용 {cost}, 정확도 {accuracy}",
  "train.diverged":
    "학습이 발산했습니다. 학습률 {lr}에서 신경망의 수가 float32의 범위를 벗어나 {step}단계에서 NaN이 되었습니다.",
  "train.smallerRate": "학습률을 줄이면 범위를 벗어나지 않습니다. 강의에서는 {usual}을(를) 씁니다.",
  "train.interrupted": "{total}단계 가운데 {steps}단계를 마치고 중단되었습니다. 그때까지의 결과입니다.",
  "train.noCost":
    "{step}단계부터 비용을 계산할 수 없습니다. 시그모이드의 값이 정확히 0이나 1이 되었는데 0의 로그는 없기 때문입니다. 가중치는 계속 학습되었습니다.",
  "train.every": "{every}단계마다의 비용",
  "train.results": "예측",

  // Lesson: gates
  "gates.title": "손으로 정한 게이트",
  "gates.intro":
    "뉴런은 입력에 가중치를 곱해 모두 더하고 편향을 더합니다. 그 합이 0보다 크면 활성화되어 1을, 아니면 0을 출력합니다. 세 게이트는 알맞은 수만 있으면 됩니다.",
  "gates.summary": "gates: {gates} 모두 정답",
  "gates.summaryWrong": "gates: 틀린 것이 있음",

  // Lesson: perceptron
  "perceptron.title": "퍼셉트론 규칙으로 배운 게이트",
  "perceptron.intro":
    "이번에는 뉴런이 수를 스스로 찾습니다. 0에서 시작해 네 줄을 차례로 봅니다. 틀릴 때마다 가중치는 학습률 × (정답 − 출력) × 입력만큼, 편향은 학습률 × (정답 − 출력)만큼 움직입니다. 한 번도 틀리지 않고 한 바퀴를 돌면 끝납니다.",
  "perceptron.failed": "{gate}: 배우지 못했습니다",
  "perceptron.cycle":
    "{to}번째 바퀴 뒤의 가중치가 {from}번째 바퀴 뒤와 같습니다. 규칙이 끝없이 되풀이된다는 뜻이며, 0과 1을 나누는 직선은 없습니다.",
  "perceptron.limit": "{epochs}바퀴를 도는 동안 틀리지 않은 바퀴가 없었습니다.",
  "perceptron.isLearned": "학습 성공",
  "perceptron.mistakes": "바퀴마다 틀린 횟수",
  "perceptron.summary": "perceptron: {learned} 학습 성공, {failed} 학습 불가",
  "perceptron.summaryAll": "perceptron: {learned} 학습 성공",

  // Lesson: xor-line
  "xor-line.title": "한 층으로 푸는 XOR",
  "xor-line.network": "한 층 신경망",
  "xor-line.intro":
    "한 층은 아무리 잘 학습해도 직선 하나입니다. 시그모이드 뉴런 하나로 XOR에 경사하강법을 써 봅니다.",
  "xor-line.stuck":
    "뉴런은 결국 모든 입력에 0.5라고 답합니다. 비용은 ln 2 = {ln2}, 정확도는 {accuracy}입니다. 찍는 것과 같습니다.",
  "xor-line.notStuck": "비용 {cost}, 정확도 {accuracy}입니다. ln 2는 {ln2}입니다.",
  "xor-line.why":
    "이유: 가중치는 b ≤ 0, w₁ + b > 0, w₂ + b > 0, w₁ + w₂ + b ≤ 0을 모두 만족해야 합니다. 가운데 두 식을 더하면 w₁ + w₂ + 2b > 0, 곧 w₁ + w₂ + b > −b ≥ 0이 되어 마지막 식과 어긋납니다.",
  "xor-line.wayOut": "직선이 둘이면 됩니다. 그러려면 은닉층이 필요합니다.",

  // Lesson: xor-by-hand
  "xor-by-hand.title": "손으로 푸는 XOR",
  "xor-by-hand.network": "프로그램 A (2-2-1, 손으로 푼 신경망)",
  "xor-by-hand.intro":
    "프로그램 A: 뉴런 두 개짜리 은닉층을 둡니다. 순전파와 비용, 모든 가중치의 기울기를 텐서 연산으로 직접 씁니다.",
  "xor-by-hand.quirk":
    "강의의 프로그램처럼 가중치의 기울기는 네 표본에 대해 평균이 아니라 합을 씁니다. 그래서 평균 비용을 autograd로 미분한 값의 4배입니다. 편향은 평균을 씁니다.",

  // Lesson: xor
  "xor.title": "모듈로 푸는 XOR",
  "xor.network": "프로그램 B ({sizes} 신경망)",
  "xor.intro":
    "프로그램 B: 층, 모델, 비용, 옵티마이저를 차례로 만듭니다. 프로그램 A에서 손으로 쓴 기울기를 autograd가 구합니다.",
  "xor.plateau":
    "비용이 {step}단계 무렵까지 ln 2 근처에 머물다가 떨어집니다. 처음에는 모든 층이 어떤 입력에도 거의 같은 답을 넘기기 때문입니다. 신경망의 성질이며 잘못된 것이 아닙니다.",
  "xor.stuck":
    "비용이 아직 ln 2 근처에 머물러 있습니다. 지금까지는 모든 입력에 거의 같은 답을 냅니다. 단계 수를 늘리거나 학습률, 활성화 함수, 시드를 바꾸면 벗어날 수 있습니다.",

  // Report
  "report.title": "뉴런 하나에서 XOR까지",
  "report.made": "xorch {version}, {date}에 만듦",
  "report.command": "명령",
  "report.contents": "차례",
  "report.together": "모든 학습을 한눈에",
  "report.togetherIntro":
    "모든 학습을 하나의 로그 축에 그렸습니다. 한 층은 점선인 ln 2보다 낮아질 수 없습니다.",
  "report.allCosts": "비용 {count}개 모두 보기",
  "report.where": "보고서: {path}",
  "report.pictures": "그림: 같은 폴더에 SVG 파일 {count}개",

  // Prompt
  "repl.banner":
    "Xorch {version}. 불러온 것: torch, nn, optim, F = torch.nn.functional. await를 쓸 수 있습니다. .help, .exit",
} satisfies Texts;
