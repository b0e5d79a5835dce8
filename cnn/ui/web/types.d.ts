// What the page asks and what it is answered. Made from Python's types by `python -m cnn.ui.types`; not to be edited.

/** Numbers, float32 in base64, and their shape. */
export interface Packed {
	data: string;
	shape: number[];
}

/** Numbers to look at, a byte each: shares of each tile's largest size, in 255ths, or, signed, in 127ths. */
export interface Shades extends Packed {
	limits: number[];
	signed: boolean;
}

/** What is changed of the network `model`, and of no other: the channels that are `off` by layer, and `kernels`. */
export interface Changes {
	model: string;
	off: Record<string, number[]>;
	kernels: Kernel[];
}

/** Other `weights` (h, w) by which `channel` of a convolution reads channel `input` of what enters it. */
export interface Kernel {
	layer: string;
	channel: number;
	input: number;
	weights: number[][];
}

/** Every layer with what it makes of the digit, and the channel that is open, if one is; a changed network's. */
export interface InsideNetworkRequest {
	view: "network";
	layer?: string | null;
	channel?: number | null;
	changes?: Changes | null;
}

/** How strongly channels are joined to those they are made from. No drawing changes it. */
export interface InsideJoinsRequest {
	view: "joins";
}

/** What a channel likes to see. Takes seconds. */
export interface InsideLikesRequest {
	view: "likes";
	layer: string;
	channel: number;
}

/** The evidence for one digit by one method. */
export interface InsideWhyRequest {
	view: "why";
	method?: string | null;
	label?: number | null;
}

/** Every model's probabilities for the digit moved by whole pixels, not framed again; what leaves is lost. */
export interface InsideShiftRequest {
	view: "shift";
	across?: number;
	down?: number;
}

/** What a few channels of a layer like to see, those that the digit excites most. Takes seconds. */
export interface InsideDepthRequest {
	view: "depth";
	layer: string;
}

/** Every filter of a layer by its strongest kernel. */
export interface InsideFiltersRequest {
	view: "filters";
	layer: string;
}

export type InsideRequest = InsideNetworkRequest | InsideJoinsRequest | InsideLikesRequest | InsideWhyRequest | InsideShiftRequest | InsideDepthRequest | InsideFiltersRequest;

/** Every layer at work on the digit, and the channel that is open, if one is. */
export interface NetworkView {
	layers: LayerShown[];
	parameters: number;
	temperature: number;
	prediction?: Prediction;
	unit?: Unit;
}

/** A layer with what it makes of the digit, and the shares that ReLU and pooling take away, as `views.Taken`. */
export interface LayerShown {
	name: string;
	type: string;
	shape: number[];
	parameters: number;
	receptive_field: number;
	sources: string[];
	maps: Shades;
	by_relu: number | null;
	by_pooling: number | null;
}

/** One answer, as the scripted API gives it: `probabilities` by class, the server's own time in `milliseconds`. */
export interface Prediction {
	label: number | null;
	best_guess: number | null;
	confidence: number;
	probabilities: number[];
	abstained: boolean;
	reason: "blank" | "not_a_digit" | "several_digits" | null;
	model: string;
	milliseconds: number;
}

/** One channel: its map or number before and after its `activation`, and what it is added up from. */
export interface Unit {
	layer: string;
	channel: number;
	after: Packed;
	before?: Packed;
	activation?: string;
	convolved?: Convolved;
	pooled?: Pooled;
	weighed?: Weighed;
	kernel?: Packed;
	label?: number;
}

/** What one feature map is added up from. */
export interface Convolved {
	kernels: Packed;
	inputs: number[];
	sources: Packed;
	rest: Packed;
	bias: number;
	stride: number;
	padding: number;
	reads: number;
}

/** One map as it `entered`, (H, W): of each window of `window` x `window`, side by side, one number is kept. */
export interface Pooled {
	entered: Packed;
	window: number;
	by: "max" | "mean";
}

/** What one number of a dense layer is added up from: `features` (n,) times `weights` (n,), and a `bias`. */
export interface Weighed {
	features: Packed;
	weights: Packed;
	bias: number;
	rival: Rival | null;
}

/** A class beside the one that is asked about: its `label`, and its weights (n,) and bias. */
export interface Rival {
	label: number;
	weights: Packed;
	bias: number;
}

/** The joins of each layer that has weights of its own; a channel of any other is made from the same of one. */
export interface JoinsView {
	joins: Joins[];
}

/** How strongly a layer's channels are joined to those they are made from, each on its own scale. */
export interface Joins {
	layer: string;
	sizes: Shades;
}

/** What a channel likes to see, of all pictures and among the project's own digits. */
export interface LikesView {
	layer: string;
	channel: number;
	preferred: Packed;
	excerpts: Excerpt[];
}

/** A part of a digit, and how strongly it excites a channel. */
export interface Excerpt {
	picture: Packed;
	activation: number;
}

/** The evidence for one digit by one method, as `cnn.inside.explain.Explanation`. */
export interface WhyView {
	method: string;
	label: number;
	evidence: Packed;
	note: string | null;
	total: number | null;
	expected: number | null;
	complete: boolean | null;
}

/** By network its probabilities for the moved digit and its parameters; and the layers with feature maps of one. */
export interface ShiftView {
	probabilities: Record<string, number[]>;
	parameters: Record<string, number>;
	first: LayerFacts | null;
	maps: string[];
}

/** A layer as the scripted API gives it; `receptive_field` in pixels a side. */
export interface LayerFacts {
	name: string;
	type: string;
	shape: number[];
	parameters: number;
	receptive_field: number;
}

/** What a few channels of a layer like to see, those that the digit excites most. */
export interface DepthView {
	layer: string;
	channels: number[];
	pictures: Packed;
}

/** Every filter of a layer by its strongest kernel. */
export interface FiltersView {
	layer: string;
	weights: Shades;
}

export interface InsideAnswer {
	asked: InsideRequest;
	pixels: Packed;
	prediction: Prediction;
	shut: boolean;
	example: boolean;
	network?: NetworkView;
	joins?: JoinsView;
	likes?: LikesView;
	why?: WhyView;
	shift?: ShiftView;
	depth?: DepthView;
	filters?: FiltersView;
}

/** One perturbation of a stack. */
export interface Row {
	name: string;
	strength: number;
}

/** The digit under a stack of perturbations, and every model's answer and evidence, before and after. */
export interface StressCompareRequest {
	view: "compare";
	stack: Row[];
	seed: number;
	against?: string | null;
}

/** Each model's curve for one perturbation, where it breaks, and how the test digits fare. */
export interface StressBreakingRequest {
	view: "breaking";
	name: string;
	seed: number;
}

/** One row of the report card: where each model breaks under one perturbation. */
export interface StressCardRequest {
	view: "card";
	name: string;
	seed: number;
}

/** Each model's errors on MNIST-C. */
export interface StressScoreRequest {
	view: "score";
}

export type StressRequest = StressCompareRequest | StressBreakingRequest | StressCardRequest | StressScoreRequest;

/** The digit under a stack of perturbations; by model, its look before and after. */
export interface CompareView {
	image: Shades;
	models: Record<string, Look[]>;
}

/** What a network says of a picture, and the evidence for its best guess. */
export interface Look {
	prediction: Prediction;
	evidence: Shades;
}

/** Each model's curve for one perturbation. */
export interface BreakingView {
	name: string;
	models: Record<string, BrokenCurve>;
}

/** The same with the whole curve: the share `kept` of the first answer, the labels; and how `test` digits fare. */
export interface BrokenCurve {
	before: number | null;
	held: number[] | null;
	breaks: BreakAt[];
	image: Shades | null;
	strengths: number[];
	kept: number[];
	labels: (number | null)[];
	test: Curve | null;
}

/** Where an answer breaks, what is said then, and between which strengths the first answer is back. */
export interface BreakAt {
	strength: number;
	after: number | null;
	again: number[][];
}

/** Under one perturbation, at each strength, the shares of test images read right and refused. */
export interface Curve {
	strengths: number[];
	accuracy: number[];
	refused: number[];
	images: number;
}

/** One row of the report card: where each model breaks under one perturbation. */
export interface CardView {
	name: string;
	models: Record<string, Broken>;
}

/** Between which strengths an answer holds, None where there was none; where it breaks, the nearest first. */
export interface Broken {
	before: number | null;
	held: number[] | null;
	breaks: BreakAt[];
	image: Shades | null;
}

/** Each model's errors on MNIST-C, as its metrics have them; None where they were not measured. */
export interface ScoreView {
	models: Record<string, MnistC | null>;
}

/** The same through the app, `raw` without its framing; and which corruptions are like what it was trained on. */
export interface MnistC {
	error: Record<string, number>;
	mean: number;
	raw: Errors;
	like_in_training?: string[];
}

/** The share misread of each of MNIST-C's corruptions, and their mean. */
export interface Errors {
	error: Record<string, number>;
	mean: number;
}

/** A digit of MNIST's test set: its place and its label. */
export interface TestDigit {
	index: number;
	label: number;
}

export interface StressAnswer {
	asked: StressRequest;
	pixels: Packed;
	prediction: Prediction;
	example: boolean;
	test: TestDigit | null;
	compare?: CompareView;
	breaking?: BreakingView;
	card?: CardView;
	score?: ScoreView;
}

/** The training itself, which no digit changes. */
export interface LabRunRequest {
	view: "run";
}

/** The digit at every moment. */
export interface LabFilmRequest {
	view: "film";
}

/** One step by hand on the digit, at one moment of the film; `label` None is what the trained network says. */
export interface LabStepRequest {
	view: "step";
	at: number;
	label?: number | null;
	channel?: number | null;
	rate?: "0.01" | "0.1" | "1";
}

/** `filters` kernels of `kernel` x `kernel`, moved `stride` a step; "same" pads with zeros, "valid" does not. */
export interface Convolution {
	filters: number;
	kernel: number;
	stride: number;
	padding: "valid" | "same";
	kind: "convolution";
}

/** The largest or the mean of each window of `size` x `size`, windows side by side. */
export interface Pooling {
	size: number;
	by: "max" | "average";
	kind: "pooling";
}

/** Outputs normalised over each batch, channel by channel (Ioffe and Szegedy 2015). */
export interface Normalisation {
	kind: "normalisation";
}

/** A share `rate` of the values, another at each step of the training, is taken for zero. */
export interface Dropout {
	rate: number;
	kind: "dropout";
}

/** `units` sums over all values before it; maps are laid out in a row for it. */
export interface Dense {
	units: number;
	kind: "dense";
}

/** A function of each value by itself. */
export interface Activation {
	function: "relu" | "tanh" | "sigmoid" | "gelu";
	kind: "activation";
}

/** A design worked out block by block, which no digit changes. A block that is impossible is no error. */
export interface LabBuildRequest {
	view: "build";
	design: (Convolution | Pooling | Normalisation | Dropout | Dense | Activation)[];
}

/** A design's training as a file that does it elsewhere, with what is said in it in one of our languages. */
export interface LabExportRequest {
	view: "export";
	kind: "script" | "notebook";
	language: string;
	design: (Convolution | Pooling | Normalisation | Dropout | Dense | Activation)[];
	images: 2000 | 10000 | 60000;
	epochs: number;
	optimiser: "adam" | "sgd";
	learning_rate: number;
	augmentation: boolean;
	seeds: number[];
}

/** The sweep that comes with the app, which no digit changes. */
export interface LabSweepRequest {
	view: "sweep";
}

export type LabRequest = LabRunRequest | LabFilmRequest | LabStepRequest | LabBuildRequest | LabExportRequest | LabSweepRequest;

/** A recorded training: its recipe, when and on what it ran, its moments, and the filters at each. */
export interface RunView {
	architecture: string;
	epochs: number;
	steps: number;
	batch_size: number;
	learning_rate: number;
	seed: number;
	date: string;
	processor: string;
	training: number;
	measured: number;
	validation: number;
	moments: Moment[];
	layer: string;
	filters: Shades;
}

/** A training after so many steps: what it was worth, and its validation pictures by what they are and were read. */
export interface Moment {
	step: number;
	epoch: number;
	training: Measured;
	validation: Measured;
	confusion: number[][];
}

/** What a network was worth on so many pictures: the mean cross-entropy in nats, and the share it got right. */
export interface Measured {
	loss: number;
	accuracy: number;
}

/** The digit at every moment of the training: its `probabilities` (moments, classes), and feature maps. */
export interface FilmView {
	probabilities: Packed;
	maps: MapsShown[];
}

/** Feature maps of one layer: of each moment's `channels` one after the other, (moments * channels, h, w). */
export interface MapsShown {
	layer: string;
	channels: number[];
	maps: Shades;
}

/** One step by hand, as `cnn.lab.film.Step`; `at` is the moment, `guess` what the trained network says. */
export interface StepView {
	at: number;
	guess: number;
	step: Step;
}

/** One step of gradient descent by hand, on one digit of class `label`, at one moment, and one kernel of `layer`. */
export interface Step {
	layer: string;
	channel: number;
	filters: number;
	largest: number;
	label: number;
	rate: number;
	logits: Packed;
	probabilities: Packed;
	loss: number;
	errors: Packed;
	before: Packed;
	error: Packed;
	kernel: Packed;
	gradient: Packed;
	updated: Packed;
	foretold: number;
	loss_kernel: number;
	loss_all: number;
	probability_all: number;
}

/** A design worked out: its `layers` up to the first that is impossible, and what they cost together. */
export interface BuildView {
	layers: BlockShown[];
	parameters: number;
	multiply_adds: number;
	refused: Refused | null;
}

/** One block worked out, as `cnn.network.design.Planned`; the last of a whole design is its layer of logits. */
export interface BlockShown {
	shape: number[];
	parameters: number;
	multiply_adds: number;
	receptive_field: number;
}

/** Why the design cannot be trained, due to the block `at` this place: `error.<key>`, and what fills it in. */
export interface Refused {
	at: number;
	key: string;
	values: Record<string, number>;
}

/** A file: its `name`, its media `type`, and what is in it. */
export interface ExportView {
	name: string;
	type: string;
	text: string;
}

/** What filters and layers buy: the networks, what is gained, and of what trainings, on so many test pictures. */
export interface SweepView {
	networks: SweptNetwork[];
	gains: Gains;
	trainings: number;
	training_images: number;
	epochs: number;
	test_images: number;
	date: string;
	processor: string;
}

/** One network of a sweep, as `cnn.lab.sweep.Cell`; `low` to `high` is Wilson's interval of the mean, 95 %. */
export interface SweptNetwork {
	filters: number;
	depth: number;
	parameters: number;
	multiply_adds: number;
	accuracies: number[];
	mean: number;
	least: number;
	most: number;
	low: number;
	high: number;
}

/** What is gained in mean test accuracy, as shares. */
export interface Gains {
	filters: [number, number];
	layers: [number, number];
	last: number;
	last_but_one: number;
	spread: number;
}

export interface LabAnswer {
	asked: LabRequest;
	pixels: Packed;
	blank: boolean;
	example: boolean;
	run?: RunView;
	film?: FilmView;
	step?: StepView;
	build?: BuildView;
	export?: ExportView;
	sweep?: SweepView;
}

/** Train a network, once with each seed; the digit is read by it after each epoch. */
export interface TrainingBeginRequest {
	view: "begin";
	design: Record<string, unknown>[];
	images: 2000 | 10000 | 60000;
	epochs: number;
	optimiser: "adam" | "sgd";
	learning_rate: number;
	augmentation: boolean;
	seeds: number[];
}

/** Teach a network the visitor's own digits, each 28x28 bytes of ink in base64; half of them are held out. */
export interface TrainingTeachRequest {
	view: "teach";
	network: string;
	pixels: string[];
	labels: number[];
	remind: boolean;
}

/** What happened since; a training that nobody asks after ends. */
export interface TrainingNewsRequest {
	view: "news";
	ticket: string;
	since?: number;
}

/** End it: nothing comes of it; one that is through is let go. */
export interface TrainingStopRequest {
	view: "stop";
	ticket: string;
}

/** The trained network, to keep: its folder, as `python app.py --model` and `python -m train` take it. */
export interface TrainingFilesRequest {
	view: "files";
	ticket: string;
	language: string;
}

export type TrainingRequest = TrainingBeginRequest | TrainingTeachRequest | TrainingNewsRequest | TrainingStopRequest | TrainingFilesRequest;

/** A training that waits for its turn: what to ask for it by, and what its network is called; or why there is none. */
export interface Begun {
	ticket: string;
	name: string;
	multiply_adds: number;
	seconds: number;
	why?: Why;
}

/** A refusal, as the text `error.<key>` and what fills it in. */
export interface Why {
	key: string;
	values: Record<string, unknown>;
}

/** How the training of that ticket stands; None where it was let go. */
export interface TrainingNews {
	ticket: string;
	news?: News;
}

/** How a training stands, with what happened since it was last asked for; `seen` is what to ask for next. */
export interface News {
	name: string;
	state: "waiting" | "training" | "measuring" | "done" | "ended";
	place: number;
	seconds: number;
	seen: number;
	points: Point[];
	epochs: Epoch[];
	rows: Result[];
	taught: Taught | null;
	resumed: boolean;
	why: Why | null;
}

/** The running epoch so far: mean loss in nats and accuracy on what is learnt from, after `step` of `steps`. */
export interface Point {
	run: number;
	step: number;
	steps: number;
	loss: number;
	accuracy: number;
}

/** An epoch's end; number 0 is before the first step, and has no figures. */
export interface Epoch {
	run: number;
	epoch: number;
	step: number;
	loss: number | null;
	accuracy: number | null;
	validation_loss: number | null;
	validation_accuracy: number | null;
	filters: Shades | null;
	probabilities: number[];
}

/** What came of one seed: right answers to MNIST's test set, to digits by our own pen, and to perturbed ones. */
export interface Result {
	seed: number;
	mnist: Share;
	made: Share;
	perturbed: Share;
	further: Share | null;
	parameters: number;
	milliseconds: number;
	seconds: number;
}

/** How many of so many pictures were read right, and Wilson's 95 % interval of the share. */
export interface Share {
	hits: number;
	pictures: number;
	low: number;
	high: number;
}

/** What came of a lesson: on the visitor's `own` digits that were held out, MNIST's test set, and our own pen's. */
export interface Taught {
	own: Change;
	mnist: Change;
	made: Change;
	learnt: number;
}

/** How many were read right, before and after. */
export interface Change {
	before: Share;
	after: Share;
}

/** A trained network's folder as a zip, empty where it was let go. */
export interface Files {
	ticket: string;
	archive: string;
}

export interface TrainingAnswer {
	asked: TrainingRequest;
	begin?: Begun;
	teach?: Begun;
	news?: TrainingNews;
	stop?: TrainingNews;
	files?: Files;
}

/** Hand in a series, as JSON, under a pseudonym; in place of an earlier one of the receipt that the page made. */
export interface TrialsSubmitRequest {
	view: "submit";
	code: string;
	name: string;
	trials: string;
	receipt: string;
}

/** Take a series back. */
export interface TrialsWithdrawRequest {
	view: "withdraw";
	receipt: string;
}

/** What was handed in since. */
export interface TrialsGatherRequest {
	view: "gather";
	secret: string;
	since?: number;
}

/** Take a series out of the class. */
export interface TrialsRemoveRequest {
	view: "remove";
	secret: string;
	number: number;
}

/** End the class: nothing of it is left. */
export interface TrialsEndRequest {
	view: "end";
	secret: string;
}

/** Open a class. */
export interface TrialsOpenRequest {
	view: "open";
}

export type TrialsRequest = TrialsSubmitRequest | TrialsWithdrawRequest | TrialsGatherRequest | TrialsRemoveRequest | TrialsEndRequest | TrialsOpenRequest;

/** A series that was handed in, and is kept so many `seconds` at most; or why not. */
export interface Submitted {
	seconds: number;
	why?: Why;
}

/** It is done; or why it is not. */
export interface Done {
	why?: Why;
}

/** What was handed in since: the series, and the `numbers` of all that are there now; or why there is nothing. */
export interface Gathered {
	series: Handed[];
	numbers: number[];
	since: number;
	more: boolean;
	seconds: number;
	why?: Why;
}

/** A series as it was handed in: its number in the class, by whom, and its tests, as text. */
export interface Handed {
	number: number;
	name: string;
	tests: string;
}

/** A class that may be handed in to for so many `seconds`: its `code`, and the `secret` that reads; or why not. */
export interface Opened {
	code: string;
	secret: string;
	seconds: number;
	why?: Why;
}

export interface TrialsAnswer {
	asked: TrialsRequest;
	submit?: Submitted;
	withdraw?: Done;
	gather?: Gathered;
	remove?: Done;
	end?: Done;
	open?: Opened;
}

/** All figures of a model, and beside them another one's. */
export interface ErrorsTablesRequest {
	view: "tables";
	model: string;
	other: string;
}

/** Images of MNIST's test set, by their indices. */
export interface ErrorsPicturesRequest {
	view: "pictures";
	indices: number[];
}

/** One test image: what speaks for what was said and for its label, and the training images that are nearest. */
export interface ErrorsCaseRequest {
	view: "case";
	model: string;
	index: number;
	said: number;
	label: number;
	neighbours: number[];
}

export type ErrorsRequest = ErrorsTablesRequest | ErrorsPicturesRequest | ErrorsCaseRequest;

/** All figures of a model, and beside them another one's errors. */
export interface TablesView {
	images: number;
	misread: number;
	interval: [number, number];
	confusion: number[][];
	errors: Case[] | null;
	doubtful: Case[];
	calibration: CalibrationShown;
	others: Case[];
	comparison: Comparison;
}

/** One test image to look at: its place, its label and what is `said`; and the nearest training images. */
export interface Case {
	index: number;
	label: number;
	said: number;
	confidence: number;
	neighbours?: number[];
	labels?: number[];
	cosines?: number[];
}

/** What a stated confidence is worth, with the intervals of its bins. */
export interface CalibrationShown {
	temperature: number;
	expected_calibration_error: number;
	bins: BinWithInterval[];
}

/** A bin, and between which shares the true one lies, at 95 %. */
export interface BinWithInterval {
	confidence: number;
	accuracy: number;
	count: number;
	low: number;
	high: number;
}

/** Two networks on the same test images, by the images' indices: what only one, or both, misread. */
export interface Comparison {
	fixed: number[];
	added: number[];
	both: number[];
	p: number;
}

/** A text key in place of what cannot be had, and the name that it tells of. */
export interface Missing {
	missing: string;
	name?: string;
}

/** 28x28 bytes of ink by index, of the images that can be had; and why others are `missing`, as a text key. */
export interface PicturesView {
	pixels: Record<string, string>;
	missing?: string;
}

/** What speaks for what was said and for the label, (2, 28, 28); and the training images that are nearest. */
export interface CaseView {
	evidence: Packed;
	neighbours: PicturesView;
}

export type ErrorsAnswer = { asked: ErrorsRequest } & (TablesView | PicturesView | CaseView | Missing);

/** A number as the panel shows it; `source` alone where nothing was read. `again`: it was read before. */
export interface NumberAnswer {
	source: "pad" | "pad-number" | "photo";
	text?: string;
	digits?: DigitShown[];
	first?: string | null;
	model?: string;
	width?: number;
	height?: number;
	picture?: string;
	strokes?: number[][][];
	again?: boolean;
}

/** A digit of a number; its box in shares of the picture. */
export interface DigitShown {
	label: number;
	confidence: number;
	doubtful: boolean;
	box: number[];
}

/** One filter of a model's first convolution, for whoever applies it to a digit where the model is not. */
export interface LiveFilter {
	model: string;
	layer: string;
	channel: number;
	kernel: number[][];
	bias: number;
	start: number;
	side: number;
	most: number;
}

/** What the panel shows beside a prediction; `source` alone where nothing was read. */
export interface ReadingShown {
	source: "pad" | "pad-number" | "photo";
	kind?: "drawn" | "uploaded" | "photographed";
	strokes?: Record<string, unknown> | null;
	pixels?: string;
	steps?: StepShown[];
	again?: boolean;
	moving?: boolean;
}

/** A step between the picture sent and the picture read: its text key, and a data URL. */
export interface StepShown {
	name: string;
	picture: string;
}

export type ReadingAnswer = ReadingShown & Partial<Prediction>;
