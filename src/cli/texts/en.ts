/** English. The keys and the placeholders in braces here are the measure for every other language. */
export const en = {
  // Help
  "help.about": "PyTorch for TypeScript: from one neuron to XOR.",
  "help.learn": "run the course, or one of its lessons, and write a report with pictures",
  "help.repl": "a prompt with torch loaded",
  "help.help": "show the help of a command",
  "help.lesson": "one of {lessons}; all of them when left out",
  "help.lang": "language: {languages} (otherwise by the locale)",
  "help.version": "print the version",
  "help.flag": "show this help",
  "help.seed": "start of the random numbers (default {default})",
  "help.steps": "training steps (default {default})",
  "help.lr": "learning rate (default {default})",
  "help.layers": "widths of the hidden layers (default {default})",
  "help.activation": "activation of the hidden layers (default {default})",
  "help.quiet": "print results only",
  "help.json": "print one JSON object on stdout and nothing else",
  "help.out": "folder for the report, new or empty (runs/<lesson>-<date>-<time>)",
  "help.takes": "An option applies to every lesson that takes it:",
  "help.takesNothing": "no options of its own",
  "help.activations": "Activations: {activations}",
  "help.usage": "Usage:",
  "help.options": "Options:",
  "help.globalOptions": "Global options:",
  "help.commands": "Commands:",
  "help.arguments": "Arguments:",
  "help.examples": "Examples:",
  "help.example.all": "the whole course, about a second",
  "help.example.xor": "XOR with modules, its own layers",
  "help.example.json": "the result for a program",
  "help.example.out": "the report in a folder of your choice",
  "help.example.repl": "try things out",

  // Wrong use
  "error.prefix": "xorch: {message}",
  "error.seeHelp": "{message} (see {command})",
  "error.unknownOption": "unknown option {option}",
  "error.unknownCommand": "unknown command {command}",
  "error.didYouMean": "{message}; did you mean {guess}?",
  "error.missingValue": "option {option} needs a value",
  "error.tooMany": "too many arguments",
  "error.lesson": "unknown lesson {lesson}; the lessons are {lessons}",
  "error.language": "--lang: unknown language {value}; the languages are {languages}",
  "error.notTaken": "lesson {lesson} does not take {option}; it takes {taken}",
  "error.takesNone": "lesson {lesson} does not take {option}; it takes none of the training options",
  "error.seed": "--seed: expected a whole number from 0 to {max}, got {value}",
  "error.steps": "--steps: expected a whole number from 1 to {max}, got {value}",
  "error.lr": "--lr: expected a number above 0, got {value}",
  "error.layers":
    "--layers: expected widths such as 10,10,10, each a whole number from 1 to {max} and at most {count} of them, got {value}",
  "error.activation": "--activation: unknown activation {value}; the activations are {activations}",
  "error.outEmpty": "--out: needs the name of a folder",
  "error.outFile": "--out: {path} is not a folder",
  "error.outTaken": "--out: {path} is not empty; a run is never overwritten",
  "error.outParent": "--out: {path} cannot be made: {parent} is not a folder",
  "error.outWrite": "--out: {path} cannot be made: no permission to write in {parent}",
  "error.write": "the report could not be written: {reason}",

  // Shared words
  "word.target": "target",
  "word.output": "output",
  "word.sum": "weighted sum",
  "word.weights": "weights",
  "word.bias": "bias",
  "word.threshold": "threshold",
  "word.gate": "gate",
  "word.step": "step",
  "word.cost": "cost",
  "word.predicted": "predicted",
  "word.correct": "correct",
  "word.hypothesis": "hypothesis",
  "word.accuracy": "accuracy",
  "word.input1": "input x₁",
  "word.input2": "input x₂",
  "word.yes": "yes",
  "word.no": "no",

  // Plots
  "plot.zero": "output 0",
  "plot.one": "output 1",
  "plot.side": "the neuron answers 1",
  "plot.noLine": "no line: the weights are 0",
  "plot.gate.title": "{gate}: one line is enough",
  "plot.gate.note": "The neuron answers 1 where {sum} > 0.",
  "plot.gate.description":
    "The four inputs of {gate} in the plane, marked with their outputs {outputs}, and the line {line}.",
  "plot.learned.title": "{gate}, learned",
  "plot.learned.note":
    "Learned in {epochs} {epochs:pass|passes} with {updates} {updates:correction|corrections}. On the line itself the answer is 0.",
  "plot.xor.title": "XOR: no line is enough",
  "plot.xor.note":
    "The diagonals of the 0s and of the 1s cross. A line with the 1s on one side and the 0s on the other would have the crossing on both.",
  "plot.xor.description":
    "The four inputs of XOR, marked with their outputs 0, 1, 1, 0. A line is tried and gets one point wrong. The two diagonals that join equal outputs cross in the middle.",
  "plot.xor.attempt": "an attempt: {line}",
  "plot.xor.wrong": "wrong",
  "plot.xor.diagonals": "equal outputs, joined",
  "plot.region.title": "What {network} learned",
  "plot.region.note": "The prediction for every input of the plane, not only for the four of XOR.",
  "plot.region.description":
    "The plane of the two inputs, shaded by the network's prediction, with the curve where it is 0.5. Accuracy on the four points of XOR: {accuracy}.",
  "plot.region.boundary": "prediction 0.5",
  "plot.region.shades": "surer of 0, surer of 1",
  "plot.cost.title": "Cost of {network}",
  "plot.cost.all": "The costs side by side",
  "plot.cost.description": "Cost over {steps} training {steps:step|steps}, from {first} to {last}.",
  "plot.cost.allDescription": "Cost over the training steps of {names}.",
  "plot.cost.level": "ln 2 = 0.6931, the cost of answering 0.5 to everything",

  // Training
  "train.settings": "{sizes}, learning rate {lr}, {steps} {steps:step|steps}, seed {seed}",
  "train.summary": "{lesson}: cost {cost} after {steps} {steps:step|steps}, accuracy {accuracy}",
  "train.diverged":
    "The training diverged. With learning rate {lr} the numbers of the network left the range of float32 and were NaN in step {step}.",
  "train.smallerRate": "A smaller rate keeps them in it; the course takes {usual}.",
  "train.interrupted": "Interrupted after {steps} of {total} steps: this is what there was by then.",
  "train.noCost":
    "From step {step} on the cost is no number: a sigmoid came to exactly 0 or 1, and there is no logarithm of 0. The weights went on.",
  "train.every": "Cost at every {every}th step",
  "train.results": "Predictions",

  // Lesson: gates
  "gates.title": "Gates set by hand",
  "gates.intro":
    "A neuron multiplies its inputs by weights, adds them up and adds a bias. Where the sum is above 0 it is active and answers 1, otherwise 0. Three gates need nothing but the right numbers.",
  "gates.summary": "gates: {gates} all correct",
  "gates.summaryWrong": "gates: not all correct",

  // Lesson: perceptron
  "perceptron.title": "Gates learned by the perceptron rule",
  "perceptron.intro":
    "Now the neuron finds the numbers itself. It starts with zeros and goes through the four rows; after each mistake the weights move by the learning rate times (target − output) times the input, the bias by the learning rate times (target − output). A pass without a mistake ends it.",
  "perceptron.failed": "{gate}: not learned",
  "perceptron.cycle":
    "The weights after pass {to} are those after pass {from} again, so the rule would go round for ever: no line separates the 0s from the 1s.",
  "perceptron.limit": "No pass without a mistake in {epochs} {epochs:pass|passes}.",
  "perceptron.isLearned": "learned",
  "perceptron.mistakes": "mistakes in each pass",
  "perceptron.summary": "perceptron: learned {learned}; cannot learn {failed}",
  "perceptron.summaryAll": "perceptron: learned {learned}",

  // Lesson: xor-line
  "xor-line.title": "XOR on one layer",
  "xor-line.network": "one layer",
  "xor-line.intro":
    "One layer is one line, however well it is trained. Gradient descent is tried on XOR with a single sigmoid neuron.",
  "xor-line.stuck":
    "The neuron ends up answering 0.5 to everything: cost ln 2 = {ln2}, accuracy {accuracy}. That is guessing.",
  "xor-line.notStuck": "Cost {cost}, accuracy {accuracy}; ln 2 would be {ln2}.",
  "xor-line.why":
    "Why: the weights would have to satisfy b ≤ 0, w₁ + b > 0, w₂ + b > 0 and w₁ + w₂ + b ≤ 0. The two in the middle add up to w₁ + w₂ + 2b > 0, that is w₁ + w₂ + b > −b ≥ 0, against the last one.",
  "xor-line.wayOut": "Two lines can do it, and that takes a hidden layer.",

  // Lesson: xor-by-hand
  "xor-by-hand.title": "XOR by hand",
  "xor-by-hand.network": "program A (2-2-1, by hand)",
  "xor-by-hand.intro":
    "Program A: a hidden layer of two neurons. The forward pass, the cost and the gradient of every weight are written out with tensor operations.",
  "xor-by-hand.quirk":
    "The gradients of the weights are summed over the four samples and not averaged, as in the course's program: they are 4 times what autograd gives for the mean cost. The biases use the mean.",

  // Lesson: xor
  "xor.title": "XOR with modules",
  "xor.network": "program B ({sizes})",
  "xor.intro":
    "Program B: layers, a model, a cost, an optimizer. Autograd finds the gradients that program A writes by hand.",
  "xor.plateau":
    "The cost stands near ln 2 until about step {step} before it falls: at first every layer passes on almost the same answer for all inputs. That is the network, not a fault.",
  "xor.stuck":
    "The cost still stands near ln 2: so far every input gets almost the same answer. More steps, another learning rate, activation or seed may get it off.",

  // Report
  "report.title": "From one neuron to XOR",
  "report.made": "Made by xorch {version} on {date}",
  "report.command": "Command",
  "report.contents": "Contents",
  "report.together": "All trainings together",
  "report.togetherIntro":
    "All trainings on one logarithmic scale. One layer can get no lower than the dotted line, ln 2.",
  "report.allCosts": "All {count} costs",
  "report.where": "Report: {path}",
  "report.pictures": "Pictures: {count} SVG {count:file|files} beside it",

  // Prompt
  "repl.banner":
    "Xorch {version}. Loaded: torch, nn, optim, F = torch.nn.functional. await works; .help, .exit",
} as const;
