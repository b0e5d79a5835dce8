# The course's notebooks, from one source: `python -m train course` makes cnn.ipynb and cnn.fr.ipynb of it, and their
# solutions.
#
# Cells are as Jupytext has them (py:percent). A text stands twice, once a language; with answer=true, in the solutions
# alone. What takes the place of a line of code stands below it: `# fr:` in French, `# blank:` where students fill it in
# (nothing: the line is left out).

# %% [markdown] lang="fr"
# # Reconnaître des chiffres avec un réseau convolutif
#
# Deux heures, du jeu de données à l'application web. On lit un texte court, on exécute une cellule (`Maj`+`Entrée`), on
# remplace les `...`, puis on répond à la question. Une cellule qui commence par `assert` vérifie ce que vous avez
# écrit.
#
# Les solutions sont dans `cnn.solutions.fr.ipynb`. Elles s'exécutent en cinq minutes sur deux cœurs.

# %% [markdown] lang="en"
# # Reading digits with a convolutional network
#
# Two hours, from the data set to a web app. Read a short text, run a cell (`Shift`+`Enter`), replace each `...`, then
# answer the question. A cell that begins with `assert` checks what you wrote.
#
# The solutions are in `cnn.solutions.ipynb`. They run in five minutes on two cores.

# %% [markdown] lang="fr"
# ## Mise en place
#
# **Sur Colab**, écrivez dans `ADDRESS` l'adresse du dépôt Git du projet (celle que donne votre enseignant). La cellule
# télécharge le projet et installe ce qu'il lui faut ; si Colab demande de redémarrer, acceptez et relancez-la.
#
# **Sur votre machine**, depuis le dossier du projet : `pip install -r train/requirements.txt jupyterlab`, puis `jupyter
# lab assets/course/cnn.fr.ipynb`. Il n'y a rien à écrire ici.

# %% [markdown] lang="en"
# ## Set-up
#
# **On Colab**, put the address of the project's Git repository into `ADDRESS` (your teacher has it). The cell downloads
# the project and installs what it needs; if Colab asks to restart, do, and run it again.
#
# **On your machine**, from the project's folder: `pip install -r train/requirements.txt jupyterlab`, then `jupyter lab
# assets/course/cnn.ipynb`. There is nothing to write here.

# %%
import os
import subprocess
import sys
from pathlib import Path

ADDRESS = ""

places = (Path.cwd(), *Path.cwd().parents, Path("digit-reader").resolve())
project = next((place for place in places if (place / "cnn").is_dir()), places[-1])
if not project.exists():
    assert ADDRESS, "ADDRESS is empty"
    # fr: assert ADDRESS, "ADDRESS est vide"
    subprocess.run(["git", "clone", "--depth", "1", ADDRESS, project], check=True)
    subprocess.run([sys.executable, "-m", "pip", "install", "-q", "-r", project / "train/requirements.txt"], check=True)
sys.path.insert(0, str(project))

# %%
os.environ["KERAS_BACKEND"] = "jax"  # before Keras is imported
# fr: os.environ["KERAS_BACKEND"] = "jax"  # avant d'importer Keras

import keras
import matplotlib.pyplot as plt
import numpy as np
from keras import layers

keras.utils.set_random_seed(0)  # everybody gets the same numbers
# fr: keras.utils.set_random_seed(0)  # les mêmes nombres pour tout le monde
plt.rcParams.update({"figure.dpi": 64, "figure.figsize": (8, 2.6), "font.size": 9})

# %% [markdown] lang="fr"
# ## 1. Les données
#
# MNIST : 60 000 chiffres écrits à la main pour apprendre, 10 000 autres pour juger. Chacun est une image de 28 sur 28
# pixels, de 0 (papier) à 255 (encre).

# %% [markdown] lang="en"
# ## 1. The data
#
# MNIST: 60,000 handwritten digits to learn from, 10,000 others to judge by. Each is a picture of 28 by 28 pixels, from
# 0 (paper) to 255 (ink).

# %%
from train.data.mnist import load

train, test = load("train"), load("test")
print(train.images.shape, train.images.dtype, train.labels[:10])

# %% [markdown] lang="fr"
# **À vous.** Un réseau apprend mieux avec de petits nombres. Ramenez les pixels entre 0 et 1, en `float32`, et ajoutez
# l'axe des canaux : une image grise en a un seul, `(28, 28, 1)`.

# %% [markdown] lang="en"
# **Your turn.** A network learns better from small numbers. Bring the pixels between 0 and 1, as `float32`, and add the
# axis of channels: a grey picture has one, `(28, 28, 1)`.


# %%
def prepared(images):
    return (images / 255).astype("float32")[..., np.newaxis]
    # blank: return ...


# %% [markdown] lang="fr"
# Pour gagner du temps, on apprend ici sur 20 000 images ; mettez `TRAINING = 60_000` si vous avez le temps.

# %% [markdown] lang="en"
# To save time we learn from 20,000 pictures here; write `TRAINING = 60_000` if you have the time.

# %%
TRAINING = int(os.environ.get("COURSE_IMAGES", 20_000))

x_train, y_train = prepared(train.images[:TRAINING]), train.labels[:TRAINING]
x_test, y_test = prepared(test.images), test.labels

# %%
assert x_train.shape == (len(y_train), 28, 28, 1)
assert x_train.dtype == "float32"
assert x_train.min() == 0
assert x_train.max() == 1


# %%
def show(images, titles):
    _, axes = plt.subplots(1, len(images), figsize=(0.9 * len(images), 1.2))
    for axis, image, title in zip(axes, images, titles, strict=True):
        axis.imshow(image, cmap="gray_r")
        axis.set_title(title)
        axis.axis("off")
    plt.show()


show(x_train[:10, ..., 0], y_train[:10])

# %%
for digit, count in enumerate(np.bincount(y_train, minlength=10)):
    print(f"{digit}: {count:5} {'█' * round(200 * count / len(y_train))}")

# %% [markdown] lang="fr"
# **Question 1.** Pourquoi juger le réseau sur 10 000 images qu'il n'a jamais vues ?

# %% [markdown] lang="en"
# **Question 1.** Why judge the network by 10,000 pictures that it never saw?

# %% [markdown] lang="fr" answer=true
# **Réponse.** Un réseau peut retenir ses images par cœur. Seules des images nouvelles disent s'il a appris à lire.
# C'est aussi pourquoi on ne choisit rien (ni l'architecture, ni le nombre d'époques) d'après les images de test.

# %% [markdown] lang="en" answer=true
# **Answer.** A network can learn its pictures by heart. Only new ones tell whether it learned to read. That is also why
# nothing (no architecture, no number of epochs) is chosen by the test pictures.

# %% [markdown] lang="fr"
# ## 2. L'architecture
#
# - **Convolution** : un petit noyau de 3 × 3 poids glisse sur l'image ; chaque filtre donne une carte.
# - **ReLU** : ce qui est négatif devient 0.
# - **Max pooling** : de chaque carré de 2 × 2, on garde le plus grand.
# - **Dense** : chaque sortie est une somme pondérée de toutes les entrées.
# - **Dropout** : pendant l'apprentissage, la moitié des valeurs est mise à 0 au hasard.
#
# **À vous.** Ajoutez la deuxième convolution (64 filtres de 3 × 3, ReLU) et la sortie (un nombre par chiffre).

# %% [markdown] lang="en"
# ## 2. The architecture
#
# - **Convolution**: a small kernel of 3 × 3 weights slides over the picture; each filter gives a map.
# - **ReLU**: what is negative becomes 0.
# - **Max pooling**: of each square of 2 × 2 the largest stays.
# - **Dense**: each output is a weighted sum of all inputs.
# - **Dropout**: while learning, half of the values are set to 0 at random.
#
# **Your turn.** Add the second convolution (64 filters of 3 × 3, ReLU) and the output (one number a digit).

# %%
network = keras.Sequential(
    [
        keras.Input((28, 28, 1), name="image"),
        layers.Conv2D(32, 3, activation="relu", name="conv1"),
        layers.MaxPooling2D(2, name="pool1"),
        layers.Conv2D(64, 3, activation="relu", name="conv2"),
        # blank: layers.Conv2D(..., ..., activation=..., name="conv2"),
        layers.MaxPooling2D(2, name="pool2"),
        layers.Flatten(name="flatten"),
        layers.Dense(128, activation="relu", name="dense1"),
        layers.Dropout(0.5, name="dropout"),
        layers.Dense(10, name="logits"),
        # blank: layers.Dense(..., name="logits"),
    ]
)


def describe(network):
    for layer in network.layers:
        print(f"{layer.name:8} {layer.output.shape[1:]!s:14} {layer.count_params():8,}")
    print(f"{'':23} {network.count_params():8,}")


describe(network)

# %% [markdown] lang="fr"
# **À vous.** Retrouvez les nombres de paramètres à la main. Un filtre a un poids par pixel de son noyau **et par canal
# d'entrée**, plus un biais.

# %% [markdown] lang="en"
# **Your turn.** Find the numbers of parameters by hand. A filter has one weight for each pixel of its kernel **and each
# input channel**, and a bias.

# %%
conv1 = (3 * 3 * 1 + 1) * 32
# blank: conv1 = ...
conv2 = (3 * 3 * 32 + 1) * 64
# blank: conv2 = ...
dense1 = (5 * 5 * 64 + 1) * 128
# blank: dense1 = ...

# %%
assert [conv1, conv2, dense1] == [network.get_layer(name).count_params() for name in ("conv1", "conv2", "dense1")]
print(f"{dense1 / network.count_params():.0%}")

# %% [markdown] lang="fr"
# **Question 2.** Pourquoi la sortie de `conv1` est-elle de 26 × 26 et non de 28 × 28 ? Quelle couche porte presque tous
# les paramètres, et pourquoi ?

# %% [markdown] lang="en"
# **Question 2.** Why is the output of `conv1` 26 × 26 and not 28 × 28? Which layer has nearly all the parameters, and
# why?

# %% [markdown] lang="fr" answer=true
# **Réponse.** Un noyau de 3 × 3 ne peut être posé qu'à 28 - 3 + 1 = 26 endroits par ligne. `dense1` porte la part
# affichée ci-dessus : elle relie chacune des 1 600 valeurs à chacune des 128 sorties, alors qu'une convolution
# réutilise les mêmes poids partout dans l'image.

# %% [markdown] lang="en" answer=true
# **Answer.** A kernel of 3 × 3 fits in 28 - 3 + 1 = 26 places a row. `dense1` has the share printed above: it joins
# each of 1,600 values to each of 128 outputs, while a convolution uses the same weights everywhere in the picture.

# %% [markdown] lang="fr"
# ## 3. L'apprentissage
#
# La **perte** (entropie croisée) est petite quand la bonne réponse est jugée probable. À chaque lot de 128 images, Adam
# change un peu tous les poids pour la faire baisser. Une **époque** passe une fois sur toutes les images ; un dixième
# d'entre elles, mis de côté, sert à la **validation**.

# %% [markdown] lang="en"
# ## 3. Training
#
# The **loss** (cross-entropy) is small where the right answer is thought probable. After each batch of 128 pictures
# Adam changes all weights a little to lower it. An **epoch** goes once through all pictures; a tenth of them, put
# aside, is for **validation**.


# %%
def tell(epoch, logs):
    print(epoch + 1, {name: round(value, 3) for name, value in logs.items()})


def train_for(network, epochs):
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    network.compile(optimizer=keras.optimizers.Adam(1e-3), loss=loss, metrics=["accuracy"])
    options = {"validation_split": 0.1, "callbacks": [keras.callbacks.LambdaCallback(on_epoch_end=tell)], "verbose": 0}
    return network.fit(x_train, y_train, batch_size=128, epochs=epochs, **options).history


history = train_for(network, 4)

# %% [markdown] lang="fr"
# **À vous.** Tracez les courbes : la perte à gauche, l'exactitude à droite, en apprentissage et en validation.

# %% [markdown] lang="en"
# **Your turn.** Draw the curves: the loss on the left, the accuracy on the right, of training and of validation.

# %%
epochs = range(1, len(history["loss"]) + 1)
_, axes = plt.subplots(1, 2)
for axis, name in zip(axes, ("loss", "accuracy"), strict=True):
    axis.plot(epochs, history[name], "o-", label="training")
    # fr: axis.plot(epochs, history[name], "o-", label="apprentissage")
    # blank: ...
    axis.plot(epochs, history[f"val_{name}"], "s--", label="validation")
    # blank: ...
    axis.set(xlabel="epoch", title=name, xticks=epochs)
    # fr: axis.set(xlabel="époque", title={"loss": "perte", "accuracy": "exactitude"}[name], xticks=epochs)
axes[0].legend()
plt.show()

# %% [markdown] lang="fr"
# **Question 3.** À la première époque, le réseau réussit mieux en validation qu'en apprentissage. Est-ce une erreur ? À
# quoi verrait-on un surapprentissage ?

# %% [markdown] lang="en"
# **Question 3.** In the first epoch the network does better in validation than in training. Is that a mistake? How
# would overfitting show?

# %% [markdown] lang="fr" answer=true
# **Réponse.** Non. L'exactitude d'apprentissage est une moyenne sur toute l'époque, début compris, et avec le dropout ;
# la validation se fait à la fin, sans dropout. En cas de surapprentissage, la perte d'apprentissage continuerait de
# baisser pendant que celle de validation remonte.

# %% [markdown] lang="en" answer=true
# **Answer.** No. Training accuracy is a mean over the whole epoch, its beginning too, and with dropout; validation
# comes at its end and without. Overfitting would show where the training loss goes on falling while that of validation
# rises.

# %% [markdown] lang="fr"
# ## 4. L'évaluation
#
# Le réseau donne dix nombres quelconques, les **logits**. Le **softmax** en fait des probabilités : l'exponentielle de
# chacun, divisée par leur somme.
#
# **À vous.** Écrivez `softmax` (on retire d'abord le plus grand logit, pour que l'exponentielle reste petite), puis la
# réponse du réseau : le chiffre le plus probable.

# %% [markdown] lang="en"
# ## 4. Evaluation
#
# The network gives ten numbers of any size, the **logits**. **Softmax** makes probabilities of them: the exponential of
# each, over the sum of all.
#
# **Your turn.** Write `softmax` (the largest logit is taken off first, so that the exponential stays small), then the
# network's answer: the most probable digit.


# %%
def softmax(logits):
    powers = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True)
    # blank: return ...


probabilities = softmax(network.predict(x_test, batch_size=250, verbose=0))
answers = probabilities.argmax(axis=1)
# blank: answers = ...

# %%
assert np.allclose(probabilities.sum(axis=1), 1, atol=1e-5)
assert answers.shape == y_test.shape

# %% [markdown] lang="fr"
# Sur un nombre fini d'images, une part de bonnes réponses n'est jamais exacte : l'intervalle de Wilson dit entre
# quelles bornes elle est sûre à 95 %.

# %% [markdown] lang="en"
# On so many pictures a share of right answers is never exact: Wilson's interval says between which bounds it is 95 %
# sure.

# %%
from cnn.errors.statistics import wilson

right = int((answers == y_test).sum())
low, high = wilson(right, len(y_test))
print(f"{right / len(y_test):.2%} ({low:.2%} - {high:.2%})")

# %% [markdown] lang="fr"
# **À vous.** Remplissez la matrice de confusion : la ligne est le vrai chiffre, la colonne la réponse.

# %% [markdown] lang="en"
# **Your turn.** Fill the confusion matrix: its row is the true digit, its column the answer.

# %%
confusion = np.zeros((10, 10), int)
for label, answer in zip(y_test, answers, strict=True):
    confusion[label, answer] += 1
    # blank: ...
print(confusion)

# %%
wrong = np.flatnonzero(answers != y_test)
surest = wrong[np.argsort(-probabilities[wrong].max(axis=1))][:8]
show(x_test[surest, ..., 0], [f"{y_test[i]} → {answers[i]}\n{probabilities[i].max():.0%}" for i in surest])

# %% [markdown] lang="fr"
# **Question 4.** Voici les erreurs dont le réseau était le plus sûr. Lesquelles feriez-vous aussi ? Quelle paire de
# chiffres confond-il le plus ? Cherchez-la dans `confusion`.

# %% [markdown] lang="en"
# **Question 4.** These are the errors that the network was surest of. Which would you make too? Which pair of digits
# does it confuse most? Look for it in `confusion`.

# %%
off = confusion - np.diag(np.diag(confusion))
# blank:
label, answer = np.unravel_index(off.argmax(), off.shape)
# blank:
print(f"{label} → {answer}: {off.max()}")
# blank: ...

# %% [markdown] lang="fr" answer=true
# **Réponse.** La paire est affichée ci-dessus. Parmi les erreurs les plus sûres, plusieurs sont illisibles pour nous
# aussi, et quelques étiquettes de MNIST sont fausses. Une probabilité élevée n'est donc pas une garantie.

# %% [markdown] lang="en" answer=true
# **Answer.** The pair is printed above. Of the surest errors, several cannot be read by us either, and some labels of
# MNIST are wrong. So a high probability is no guarantee.

# %% [markdown] lang="fr"
# ## 5. Filtres et cartes
#
# Voici seize des noyaux appris par `conv1` (bleu positif, rouge négatif), puis les cartes qu'ils donnent d'un chiffre.

# %% [markdown] lang="en"
# ## 5. Filters and feature maps
#
# Here are sixteen of the kernels that `conv1` learned (blue positive, red negative), then the maps that they make of a
# digit.


# %%
def grid(pictures, colours, limit):
    _, axes = plt.subplots(2, 8, figsize=(7.2, 1.9))
    for axis, picture in zip(axes.flat, pictures, strict=True):
        axis.imshow(picture, cmap=colours, vmin=-limit if colours == "RdBu" else 0, vmax=limit)
        axis.axis("off")
    plt.show()


kernels, biases = network.get_layer("conv1").get_weights()
print(kernels.shape, biases.shape)
grid(np.moveaxis(kernels[:, :, 0, :16], -1, 0), "RdBu", np.abs(kernels).max())

# %%
looked_into = keras.Model(network.inputs, [network.get_layer(name).output for name in ("conv1", "pool1", "conv2")])
seven = x_test[:1]
maps = dict(zip(("conv1", "pool1", "conv2"), looked_into.predict(seven, verbose=0), strict=True))
for name in maps:
    print(name, maps[name].shape)
grid(np.moveaxis(maps["conv1"][0, :, :, :16], -1, 0), "gray_r", maps["conv1"].max())

# %% [markdown] lang="fr"
# **À vous.** Calculez vous-même une valeur d'une carte : le morceau de 3 × 3 pixels, multiplié par le noyau, sommé,
# plus le biais, puis ReLU.

# %% [markdown] lang="en"
# **Your turn.** Compute one value of a map yourself: the patch of 3 × 3 pixels, multiplied by the kernel, summed, and
# the bias added, then ReLU.

# %%
channel = int(maps["conv1"][0].max(axis=(0, 1)).argmax())
row, column = np.unravel_index(maps["conv1"][0, :, :, channel].argmax(), (26, 26))

patch = seven[0, row : row + 3, column : column + 3, 0]
total = (patch * kernels[:, :, 0, channel]).sum() + biases[channel]
# blank: total = ...
value = max(total, 0)
# blank: value = ...

# %%
assert np.isclose(value, maps["conv1"][0, row, column, channel], rtol=1e-3)
print(f"{value:.4f}")

# %% [markdown] lang="fr"
# **Question 5.** Que cherchent les filtres de `conv1` ? Que perd-on, et que gagne-t-on, au pooling ?

# %% [markdown] lang="en"
# **Question 5.** What do the filters of `conv1` look for? What is lost, and what is won, by pooling?

# %% [markdown] lang="fr" answer=true
# **Réponse.** Des bords : chaque carte s'allume là où le trait a une certaine direction. Le pooling oublie où
# exactement, à un pixel près, et garde si le motif est là. Il reste quatre fois moins de valeurs, et un petit décalage
# du chiffre change moins la suite.

# %% [markdown] lang="en" answer=true
# **Answer.** Edges: each map lights up where the stroke has a certain direction. Pooling forgets where exactly, within
# a pixel, and keeps whether the pattern is there. A quarter of the values is left, and a small shift of the digit
# changes less of what follows.

# %% [markdown] lang="fr"
# ## 6. Bruit et rotation
#
# Un réseau n'est bon que sur ce qui ressemble à ce qu'il a appris. Abîmons 1 000 images de test.
#
# **À vous.** Ajoutez à chaque pixel un bruit gaussien d'écart type `sigma`, puis ramenez le tout entre 0 et 1. La
# rotation vient du projet : c'est celle de l'onglet *Mise à l’épreuve* de l'application.

# %% [markdown] lang="en"
# ## 6. Noise and rotation
#
# A network is good only at what is like what it learned from. Let us spoil 1,000 test pictures.
#
# **Your turn.** Add Gaussian noise of standard deviation `sigma` to each pixel, then bring everything back between 0
# and 1. The rotation is the project's: that of the app's *Stress test*.

# %%
from cnn.stress.perturbations import PERTURBATIONS

some, labels = x_test[:1000], y_test[:1000]
rng = np.random.default_rng(0)


def noisy(images, sigma):
    return np.clip(images + rng.normal(0, sigma, images.shape), 0, 1)
    # blank: return ...


def turned(images, degrees):
    return PERTURBATIONS["rotation"].apply(images[..., 0], degrees, range(len(images)))[..., np.newaxis]


# %%
assert noisy(some, 0.5).shape == some.shape
assert 0 < (noisy(some, 0.5) == 0).mean() < 1
spoiled = {f"σ {sigma}": noisy(some[:1], sigma) for sigma in (0, 0.3, 0.6)}
spoiled |= {f"{angle}°": turned(some[:1], angle) for angle in (30, 60, 90)}
show([images[0, ..., 0] for images in spoiled.values()], spoiled)


# %%
def accuracy(network, images, labels):
    return float((network.predict(images, batch_size=250, verbose=0).argmax(axis=1) == labels).mean())


sigmas, angles = [0, 0.2, 0.4, 0.6, 0.8, 1], [0, 15, 30, 45, 60, 75, 90]
under_noise = [accuracy(network, noisy(some, sigma), labels) for sigma in sigmas]
under_rotation = [accuracy(network, turned(some, angle), labels) for angle in angles]

_, axes = plt.subplots(1, 2, sharey=True)
axes[0].plot(sigmas, under_noise, "o-")
axes[1].plot(angles, under_rotation, "o-")
axes[0].set(xlabel="noise σ", ylabel="accuracy", ylim=(0, 1.02))
# fr: axes[0].set(xlabel="bruit σ", ylabel="exactitude", ylim=(0, 1.02))
axes[1].set(xlabel="rotation (°)")
plt.show()
print([f"{one:.0%}" for one in under_noise], [f"{one:.0%}" for one in under_rotation])

# %% [markdown] lang="fr"
# **Question 6.** À partir de quel angle la moitié des réponses est-elle fausse ? Que faudrait-il changer pour que le
# réseau tienne plus longtemps ? Jusqu'où cela a-t-il un sens ?

# %% [markdown] lang="en"
# **Question 6.** From which angle on is half of the answers wrong? What would have to change for the network to hold
# longer? How far does that make sense?

# %% [markdown] lang="fr" answer=true
# **Réponse.** L'angle se lit sur la courbe. Il faudrait lui montrer des chiffres tournés pendant l'apprentissage
# (l'augmentation de données) ; une convolution supporte un décalage, mais ne sait rien de la rotation. Pas au-delà de
# ce que l'on rencontre : un 6 retourné est un 9.

# %% [markdown] lang="en" answer=true
# **Answer.** The angle can be read off the curve. It would have to see turned digits while it learns (data
# augmentation): a convolution bears a shift, but knows nothing of rotation. Not beyond what is met with: a 6 turned
# round is a 9.

# %% [markdown] lang="fr"
# ## 7. Changer l'architecture
#
# Que vaut la convolution ? Comparons quatre réseaux, appris de la même façon, sur les images de test, puis sur les
# mêmes décalées de trois pixels.
#
# **À vous.** Complétez le réseau sans convolution : aplatir, une couche dense de 240 ReLU, la sortie. Puis inventez le
# vôtre.

# %% [markdown] lang="en"
# ## 7. Change the architecture
#
# What is convolution worth? Let us compare four networks, trained alike, on the test pictures, then on the same moved
# by three pixels.
#
# **Your turn.** Complete the network without a convolution: flatten, a dense layer of 240 ReLU, the output. Then invent
# one.


# %%
def without_convolution():
    return [layers.Flatten(), layers.Dense(240, activation="relu"), layers.Dense(10)]
    # blank: return [layers.Flatten(), ...]


def few_filters():
    return [
        layers.Conv2D(8, 3, activation="relu"),
        layers.MaxPooling2D(2),
        layers.Conv2D(16, 3, activation="relu"),
        layers.MaxPooling2D(2),
        layers.Flatten(),
        layers.Dense(10),
    ]


def mine():
    return [
        layers.Conv2D(16, 3, activation="relu"),
        # blank: ...,
        layers.MaxPooling2D(2),
        # blank:
        layers.Conv2D(32, 3, activation="relu"),
        # blank:
        layers.MaxPooling2D(2),
        # blank:
        layers.Conv2D(64, 3, activation="relu"),
        # blank:
        layers.Flatten(),
        # blank:
        layers.Dense(10),
    ]


# %%
moved = np.roll(some, 3, axis=2)
tried = {"course": network}
for build in (without_convolution, few_filters, mine):
    tried[build.__name__] = keras.Sequential([keras.Input((28, 28, 1)), *build()])
    train_for(tried[build.__name__], 4)

print(f"{'':20} {'parameters':>10} {'test':>8} {'moved':>8}")
# fr: print(f"{'':20} {'paramètres':>10} {'test':>8} {'décalé':>8}")
for name, one in tried.items():
    print(f"{name:20} {one.count_params():10,} {accuracy(one, some, labels):8.1%} {accuracy(one, moved, labels):8.1%}")

# %% [markdown] lang="fr"
# **Question 7.** Qu'est-ce que la convolution a apporté : de l'exactitude, moins de paramètres, ou de la résistance ?

# %% [markdown] lang="en"
# **Question 7.** What did convolution bring: accuracy, fewer parameters, or robustness?

# %% [markdown] lang="fr" answer=true
# **Réponse.** Le tableau le dit. Le petit réseau à huit filtres égale ou dépasse le réseau sans convolution avec bien
# moins de paramètres, et l'écart se creuse dès que le chiffre est décalé : un filtre trouve le même trait où qu'il
# soit, alors qu'un poids dense ne connaît qu'un seul pixel.

# %% [markdown] lang="en" answer=true
# **Answer.** The table tells. The small network of eight filters equals or beats the one without convolution with far
# fewer parameters, and the gap widens as soon as the digit is moved: a filter finds the same stroke wherever it is,
# while a dense weight knows one pixel alone.

# %% [markdown] lang="fr"
# ## 8. L'application web : enregistrer et charger
#
# Un fichier `.keras` contient tout ce qu'il faut pour répondre ailleurs : l'architecture et les poids.

# %% [markdown] lang="en"
# ## 8. The web app: save and load
#
# A `.keras` file holds all that is needed to answer elsewhere: the architecture and the weights.

# %%
import zipfile

folder = project / "runs" / "notebook"
folder.mkdir(parents=True, exist_ok=True)
network.save(folder / "model.keras")
print(zipfile.ZipFile(folder / "model.keras").namelist(), f"{(folder / 'model.keras').stat().st_size / 1e6:.1f} MB")

# %%
loaded = keras.saving.load_model(folder / "model.keras", compile=False)
assert np.allclose(loaded.predict(seven, verbose=0), network.predict(seven, verbose=0), atol=1e-5)

# %% [markdown] lang="fr"
# Toute l'application du projet sait s'en servir : `python app.py --model runs/notebook`.

# %% [markdown] lang="en"
# The project's whole app can use it: `python app.py --model runs/notebook`.

# %% [markdown] lang="fr"
# ## 9. L'application web : préparer l'image
#
# Un visiteur envoie de l'encre noire sur du papier blanc, n'importe où, de n'importe quelle taille. Imitons-le : un
# chiffre de test, posé au hasard sur une grande feuille.

# %% [markdown] lang="en"
# ## 9. The web app: prepare the picture
#
# A visitor sends black ink on white paper, anywhere, of any size. Let us imitate one: a test digit put somewhere on a
# large sheet.

# %%
from PIL import Image


def sheet(image, side, left, top):
    page = Image.new("L", (200, 200), 255)
    page.paste(Image.fromarray(255 - image).resize((side, side)), (left, top))
    return page


sheets = [sheet(image, *rng.integers((40, 0, 0), (100, 100, 100)).tolist()) for image in test.images[:200]]
show([255 - np.asarray(page) for page in sheets[:6]], test.labels[:6])

# %% [markdown] lang="fr"
# **À vous.** La démonstration habituelle réduit la feuille à 28 × 28 et inverse. MNIST, lui, a été **cadré** : le
# chiffre tient dans un carré de 20 pixels, et son centre de gravité est au milieu. Faites de même.

# %% [markdown] lang="en"
# **Your turn.** The usual demo reduces the sheet to 28 × 28 and inverts it. MNIST was **framed**: the digit fits a box
# of 20 pixels, and its centre of mass is in the middle. Do the same.


# %%
def resized(page):
    return 1 - np.asarray(page.convert("L").resize((28, 28)), "float32") / 255


def framed(page):
    ink = 255 - np.asarray(page.convert("L"))
    rows, columns = np.nonzero(ink > 64)
    box = Image.fromarray(ink[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1])
    scale = 20 / max(box.size)
    # blank: scale = ...
    box = np.asarray(box.resize([max(1, round(side * scale)) for side in box.size]), "float32") / 255
    middle = [(box.sum(axis=1 - axis) * np.arange(box.shape[axis])).sum() / box.sum() for axis in (0, 1)]
    top, left = (int(np.clip(round(13.5 - m), 0, 28 - s)) for m, s in zip(middle, box.shape, strict=True))
    image = np.zeros((28, 28), "float32")
    image[top : top + box.shape[0], left : left + box.shape[1]] = box
    # blank: image[..., ...] = box
    return image


show([framed(page) for page in sheets[:6]], test.labels[:6])

# %%
from cnn.framing.ink import from_image

for name, prepare in {"resized": resized, "framed": framed, "cnn": lambda page: from_image(page).image}.items():
    images = np.stack([prepare(page) for page in sheets])[..., np.newaxis]
    print(f"{name:8} {accuracy(network, images, test.labels[:200]):.1%}")

# %% [markdown] lang="fr"
# **Question 8.** Le réseau est le même. D'où vient la différence ? Que fait de plus `from_image`, que le projet
# utilise ?

# %% [markdown] lang="en"
# **Question 8.** The network is the same. Where does the difference come from? What more does the project's
# `from_image` do?

# %% [markdown] lang="fr" answer=true
# **Réponse.** Du cadrage : le réseau ne connaît que des chiffres de la taille et à la place de ceux de MNIST.
# `from_image` trouve aussi l'encre sur un papier mal éclairé ou ligné, dans les deux polarités, et ramène le trait à la
# largeur de celui de MNIST (voir l'onglet *Lire*, *Photo*, étape par étape).

# %% [markdown] lang="en" answer=true
# **Answer.** From the framing: the network knows digits only of the size and at the place of MNIST's. `from_image` also
# finds ink on unevenly lit or lined paper, in both polarities, and makes the stroke as wide as MNIST's (see the tab
# *Read*, *Photo*, step by step).

# %% [markdown] lang="fr"
# ## 10. L'application web : servir avec Gradio
#
# **À vous.** Une fonction qui prend une image et donne `{"0": probabilité, ...}` : Gradio en fait une page **et** une
# API.

# %% [markdown] lang="en"
# ## 10. The web app: serve with Gradio
#
# **Your turn.** A function that takes a picture and gives `{"0": probability, ...}`: Gradio makes a page **and** an API
# of it.

# %%
import gradio as gr


def read(page):
    image = framed(page)[np.newaxis, ..., np.newaxis]
    found = softmax(loaded.predict(image, verbose=0))[0]
    # blank: found = ...
    return {str(digit): float(share) for digit, share in enumerate(found)}


quiet = {"flagging_mode": "never", "analytics_enabled": False}
page = gr.Interface(read, gr.Image(type="pil"), gr.Label(num_top_classes=3), api_name="read", **quiet)
colab = "google.colab" in sys.modules
_, address, public = page.launch(prevent_thread_lock=True, quiet=True, inline=False, share=colab)
assert address.startswith("http")

# %% [markdown] lang="fr"
# Ouvrez l'adresse que donne `print(public or address)` : la page est là, sur votre machine ; sur Colab, elle est
# publique pour quelques jours.

# %% [markdown] lang="en"
# Open the address that `print(public or address)` gives: the page is there, on your machine; on Colab it is public for
# some days.

# %% [markdown] lang="fr"
# ## 11. L'application web : l'appeler par un script
#
# **À vous.** Un autre programme envoie un fichier et reçoit du JSON.

# %% [markdown] lang="en"
# ## 11. The web app: call it by a script
#
# **Your turn.** Another program sends a file and gets JSON.

# %%
from gradio_client import Client, handle_file

sheets[0].save(folder / "seven.png")
client = Client(address, verbose=False)
answer = client.predict(handle_file(folder / "seven.png"), api_name="/read")
# blank: answer = client.predict(..., api_name=...)
print(answer["label"], [(one["label"], round(one["confidence"], 3)) for one in answer["confidences"]])
page.close(verbose=False)

# %% [markdown] lang="fr"
# **Question 9.** Le script n'a ni Keras ni le modèle. Qu'est-ce qui a voyagé sur le réseau, dans chaque sens ? Que
# faudrait-il vérifier avant d'ouvrir ce serveur à tout Internet ?

# %% [markdown] lang="en"
# **Question 9.** The script has neither Keras nor the model. What travelled over the wire, each way? What would have to
# be checked before this server is opened to the whole Internet?

# %% [markdown] lang="fr" answer=true
# **Réponse.** À l'aller : le fichier PNG, puis un JSON qui le nomme. Au retour : un identifiant, puis, dans un flux
# d'événements, le JSON des probabilités. Avant de l'ouvrir : la taille et le nombre des envois, ce qu'on garde d'un
# visiteur (rien), et ce que dit une erreur (une phrase, pas une trace). `docs/security.md` montre ce que fait le
# projet.

# %% [markdown] lang="en" answer=true
# **Answer.** There: the PNG file, then JSON that names it. Back: an identifier, then, in a stream of events, the JSON
# of the probabilities. Before it is opened: the size and number of what is sent, what is kept of a visitor (nothing),
# and what an error says (a sentence, no trace). `docs/security.md` shows what the project does.

# %% [markdown] lang="fr"
# ## Et après ?
#
# Dans `assets/course` : un serveur Gradio et un serveur FastAPI, une page à vous en HTML et JavaScript, et le réseau
# dans le navigateur, chacun avec son mode d'emploi. `docs/course.md` dit comment les adapter à un autre réseau.

# %% [markdown] lang="en"
# ## What next?
#
# In `assets/course`: a Gradio server and a FastAPI server, a page of your own in HTML and JavaScript, and the network
# in the browser, each with its instructions. `docs/course.md` tells how to adapt them to another network.
