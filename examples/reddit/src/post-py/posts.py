"""Keeps posts, in MongoDB, and speaks JSON."""

import os
import time
from pathlib import Path

from bson import ObjectId
from bson.errors import InvalidId
from flask import Flask, abort, jsonify, request
from pymongo import MongoClient
from pymongo.errors import PyMongoError

VERSION = (Path(__file__).parent / "VERSION").read_text().strip()

app = Flask(__name__)
# A database that is away is an answer of its own (see /healthcheck), and not worth a long wait.
client = MongoClient(
    os.environ["POST_DATABASE_HOST"], int(os.environ["POST_DATABASE_PORT"]), serverSelectionTimeoutMS=2000
)
posts = client[os.environ["POST_DATABASE"]].posts


def present(post):
    return {"id": str(post["_id"]), "title": post["title"], "link": post["link"], "created_at": post["created_at"]}


@app.get("/posts")
def list_posts():
    return jsonify([present(post) for post in posts.find().sort("created_at", -1)])


@app.post("/posts")
def create_post():
    title, link = (request.form.get(field, "").strip() for field in ("title", "link"))
    if not title or not link:
        return jsonify(error="wanted: title, link"), 400
    post = {"title": title, "link": link, "created_at": time.time()}
    posts.insert_one(post)
    return jsonify(present(post)), 201


@app.get("/posts/<post_id>")
def show_post(post_id):
    try:
        post = posts.find_one({"_id": ObjectId(post_id)})
    except InvalidId:
        post = None
    if post is None:
        abort(404)
    return jsonify(present(post))


@app.get("/healthcheck")
def healthcheck():
    try:
        client.admin.command("ping")
        database = 1
    except PyMongoError:
        database = 0
    said = jsonify(status=database, dependent_services={"post_db": database}, version=VERSION)
    return said, 200 if database else 503


@app.errorhandler(PyMongoError)
def database_away(_error):
    return jsonify(error="the database does not answer"), 503
