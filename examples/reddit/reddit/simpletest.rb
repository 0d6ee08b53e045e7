# frozen_string_literal: true

ENV['APP_ENV'] = 'test'

require 'minitest/autorun'
require 'rack/test'
require_relative 'app'

# Asks the application as a browser would, with a real database behind it: the service mongo of the job.
class RedditTest < Minitest::Test
  include Rack::Test::Methods

  def app
    Reddit
  end

  def setup
    Reddit.posts.delete_many
  end

  def test_there_are_no_posts_at_first
    get '/'
    assert last_response.ok?
    assert_empty titles
  end

  def test_a_post_is_kept
    write 'Pipelines'
    assert last_response.redirect?
    assert_equal ['Pipelines'], titles
  end

  def test_a_title_is_text_and_no_markup
    write '<b>bold</b>'
    get '/'
    assert_includes last_response.body, '&lt;b&gt;bold&lt;/b&gt;'
  end

  def test_a_link_must_be_one
    write 'No link', 'javascript:alert(1)'
    assert last_response.bad_request?
    assert_empty titles
  end

  def test_votes_decide_the_order
    write 'First'
    write 'Second'
    vote 'First', 'up'
    vote 'Second', 'down'
    assert_equal %w[First Second], titles
  end

  def test_nobody_votes_for_what_is_not_there
    post "/post/#{BSON::ObjectId.new}/vote/up"
    assert last_response.not_found?
  end

  private

  def write(title, link = 'https://example.com/')
    post '/new', title: title, link: link
  end

  def vote(title, direction)
    post "/post/#{Reddit.posts.find(title: title).first['_id']}/vote/#{direction}"
  end

  def titles
    get '/'
    last_response.body.scan(%r{<a href="https?://[^"]*">(.*?)</a>}).flatten
  end
end
