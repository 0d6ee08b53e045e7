"""The whole application in one file: posts and their comments, stored in MongoDB."""

import os
import time

from bson import ObjectId
from bson.errors import InvalidId
from flask import Flask, abort, redirect, render_template_string, request
from pymongo import MongoClient

PAGE = """<!DOCTYPE html>
<html lang="en">
<head><meta charset="utf-8"><title>Reddit, in one piece</title></head>
<body>
<nav><a href="/">Posts</a> <a href="/new">New post</a></nav>
{% if form %}
<form method="post"><input name="title" placeholder="title" required>
<input name="link" placeholder="link" type="url" required> <button>Post</button></form>
{% endif %}
{% for post in posts %}
<p><a href="{{ post.link }}">{{ post.title }}</a> <a href="/post/{{ post._id }}">comments</a></p>
{% endfor %}
{% if single %}
<ul>{% for comment in comments %}<li><b>{{ comment.name }}</b>: {{ comment.body }}</li>{% endfor %}</ul>
<form method="post" action="/post/{{ posts[0]._id }}/comment"><input name="name" placeholder="name" required>
<input name="body" placeholder="comment" required> <button>Comment</button></form>
{% endif %}
</body>
</html>"""

app = Flask(__name__)
database = MongoClient(os.environ["DATABASE_HOST"], int(os.environ["DATABASE_PORT"])).reddit
posts, comments = database.posts, database.comments


def page(**what):
    return render_template_string(PAGE, **what)


def fields(*names):
    values = {name: request.form.get(name, "").strip() for name in names}
    if not all(values.values()):
        abort(400)
    return values


def find(post_id):
    try:
        return posts.find_one({"_id": ObjectId(post_id)}) or abort(404)
    except InvalidId:
        abort(404)


@app.get("/")
def index():
    return page(posts=list(posts.find().sort("created_at", -1)))


@app.get("/new")
def new():
    return page(form=True)


@app.post("/new")
def create():
    post = fields("title", "link")
    # anything else (javascript:) would run in the reader's browser
    if not post["link"].startswith(("http://", "https://")):
        abort(400)
    posts.insert_one({**post, "created_at": time.time()})
    return redirect("/", 303)


@app.get("/post/<post_id>")
def show(post_id):
    post = find(post_id)
    return page(posts=[post], comments=list(comments.find({"post_id": post_id}).sort("created_at", 1)), single=True)


@app.post("/post/<post_id>/comment")
def comment(post_id):
    find(post_id)
    comments.insert_one({**fields("name", "body"), "post_id": post_id, "created_at": time.time()})
    return redirect(f"/post/{post_id}", 303)
